using System.Globalization;

namespace Tppo.Core.Log;

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
    private readonly Dictionary<(int Partition, string Sequence), long> last = [];

    /// <summary>A number as it is written.</summary>
    public static string Write(string group, int source, long number) => string.Create(CultureInfo.InvariantCulture, $"{group}/{source}/{number}");

    /// <summary>Takes the next record of a partition; says how many numbers are missing before it, or that it came again.</summary>
    /// <param name="partition">Where the record lies.</param>
    /// <param name="number">Its number; null where it has none, which is no fault.</param>
    public (long Missing, bool Again) Take(int partition, string? number)
    {
        if (number is null || number.LastIndexOf('/') is var slash && slash <= 0) return default;
        if (!long.TryParse(number.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return default;
        var sequence = number[..slash];
        var key = (partition, sequence);
        if (!last.TryGetValue(key, out var before))
        {
            last[key] = value;
            return default;
        }

        if (value <= before) return (0, true);
        last[key] = value;
        return (SourceOf(sequence) == partition ? value - before - 1 : 0, false);
    }

    /// <summary>Forgets a partition: it will be read from another place.</summary>
    public void Forget(int partition)
    {
        foreach (var key in last.Keys.Where(k => k.Partition == partition).ToList()) last.Remove(key);
    }

    private static int SourceOf(string sequence) =>
        int.TryParse(sequence.AsSpan(sequence.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var source) ? source : -1;
}
