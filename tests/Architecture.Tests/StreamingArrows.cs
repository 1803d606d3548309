using System.Text.RegularExpressions;

namespace Tppo.Architecture.Tests;

/// <summary>The floors of src/Streaming, as data, and how they are read from source.</summary>
internal static partial class StreamingArrows
{
    private const string Project = "Tppo.Streaming";

    /// <summary>
    /// What each folder knows; read from below: the contract, the records that cross it, the two backends. An arrow that is not here is
    /// not allowed, and one that is here exists.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Table = new Dictionary<string, string[]>
    {
        ["Log"] = [],
        ["Codecs"] = [],
        ["Wire"] = ["Log"],
        ["Records"] = ["Log", "Wire"],
        ["Faults"] = ["Log"],
        ["Rocks"] = ["Log"],
        ["Embedded"] = ["Faults", "Log", "Rocks", "Wire"],
        ["Kafka.Native"] = ["Log", "Records", "Wire"],
        ["Kafka.Cluster"] = ["Faults", "Kafka.Native", "Log", "Records", "Wire"],
        ["Kafka.State"] = ["Kafka.Cluster", "Kafka.Native", "Log", "Rocks"],
        ["Kafka.Steps"] = ["Faults", "Kafka.Cluster", "Kafka.Native", "Kafka.State", "Log", "Wire"],
        ["Kafka.Membership"] = ["Kafka.Cluster", "Kafka.Native", "Kafka.State", "Kafka.Steps", "Log", "Records", "Wire"],
        ["Kafka"] = ["Faults", "Kafka.Cluster", "Kafka.Membership", "Kafka.Native", "Kafka.State", "Kafka.Steps", "Log", "Wire"],
    };

    /// <summary>
    /// The arrows between the folders of some files: a <c>using</c>, which compiles only where it is needed, a qualified name, or a type
    /// of a folder above, which needs no <c>using</c> at all.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> Of(IEnumerable<SourceFile> files)
    {
        var all = files.Select(f => (File: f, Code: Comments().Replace(f.Text, ""))).ToList();
        var declared = all.ToLookup(f => f.File.Namespace, f => Declaration().Matches(f.Code).Select(m => m.Groups[1].Value));
        return all.GroupBy(f => f.File.Namespace).ToDictionary(
            g => Short(g.Key),
            g => (string[])[.. g.SelectMany(f => Targets(f.File.Namespace, f.Code)).Distinct().Order(StringComparer.Ordinal)]);

        IEnumerable<string> Targets(string from, string code)
        {
            var words = Word().Matches(code).Select(m => m.Value).ToHashSet();
            var above = declared.Select(d => d.Key).Where(
                n => from.StartsWith(n + ".", StringComparison.Ordinal) && declared[n].Any(d => d.Any(words.Contains)));
            var named = declared.Select(d => d.Key).Where(n => Regex.IsMatch(code, $@"\b{Regex.Escape(n)}(;|\.[A-Z]\w*\b(?!\.|;))"));
            return above.Concat(named).Where(n => n != from).Select(Short);
        }
    }

    /// <summary>One line for every arrow that is in one and not in the other.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string[]> found) =>
    [
        .. found.SelectMany(f => f.Value.Except(Table.GetValueOrDefault(f.Key, [])).Select(to => $"{f.Key} knows {to}, which is not allowed")),
        .. Table.SelectMany(t => t.Value.Except(found.GetValueOrDefault(t.Key, [])).Select(to => $"{t.Key} knows {to} no more, which the table has")),
        .. Table.Keys.Except(found.Keys).Select(f => $"{f}: in the table, not in the tree"),
        .. found.Keys.Except(Table.Keys).Select(f => $"{f}: in the tree, not in the table"),
    ];

    private static string Short(string name) => name.Length > Project.Length ? name[(Project.Length + 1)..] : "";

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum|delegate \w+)\s+([A-Z]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Word();
}

/// <summary>A file of C#.</summary>
/// <param name="Path">From the root of the tree.</param>
/// <param name="Text">All of it.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The namespace that it says.</summary>
    public string Namespace => Said().Match(Text) is { Success: true } m ? m.Groups[1].Value : "";

    /// <summary>The namespace that its folder says.</summary>
    public string NamespaceOfFolder => "Tppo." + string.Join('.', Path.Split('/')[1..^1]);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Said();
}
