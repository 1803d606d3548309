using System.Globalization;

namespace Tppo.Streaming.Wire;

/// <summary>
/// Counts gaps and doubles in the numbers that writers leave on their records: one sequence per (group, source partition,
/// output topic), from 0, without holes. What a protocol promises, counted instead of trusted. For one reader of one topic.
/// </summary>
/// <remarks>
/// A record's number is <c>group/source/n</c>. A reader that starts in the middle takes the first number that it sees as given.
/// A sequence whose source is not the partition that is read is spread over several partitions; there only doubles tell.
/// </remarks>
public sealed class SequenceAudit
{
    // By partition: few sequences lead to one, nearly always the same.
    private readonly Dictionary<int, List<Sequence>> sequences = [];

    /// <summary>A number as it is written.</summary>
    public static string Write(string group, int source, long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix(group, source)}{number}");

    /// <summary>What stands before the number, the same for all of a sequence.</summary>
    public static string Prefix(string group, int source) => string.Create(CultureInfo.InvariantCulture, $"{group}/{source}/");

    /// <summary>Takes the next record of a partition; says how many numbers are missing before it, or that it came again.</summary>
    /// <param name="partition">Where the record lies.</param>
    /// <param name="number">Its number; null where it has none, which is no fault.</param>
    public (long Missing, bool Again) Take(int partition, string? number)
    {
        if (number is null || number.LastIndexOf('/') is var slash && slash <= 0) return default;
        if (!long.TryParse(number.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return default;
        var name = number.AsSpan(0, slash);
        if (!sequences.TryGetValue(partition, out var known)) sequences[partition] = known = [];
        foreach (var sequence in known)
        {
            if (!name.SequenceEqual(sequence.Name)) continue;
            var before = sequence.Last;
            if (value <= before) return (0, true);
            sequence.Last = value;
            return (sequence.IsOf(partition) ? value - before - 1 : 0, false);
        }

        known.Add(new Sequence(name.ToString()) { Last = value });
        return default;
    }

    /// <summary>Forgets a partition: it will be read from another place.</summary>
    public void Forget(int partition) => sequences.Remove(partition);

    private sealed class Sequence(string name)
    {
        private readonly int source =
            int.TryParse(name.AsSpan(name.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var source) ? source : -1;

        public string Name => name;

        public long Last { get; set; }

        /// <summary>Whether its source is this partition: only then are its numbers all here.</summary>
        public bool IsOf(int partition) => source == partition;
    }
}
