using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Tppo.Core.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>Rows of topics for people, for <c>cut</c> and for <c>jq</c>.</summary>
internal static class TopicRows
{
    private static readonly string[] Names = ["topic", "partitions", "records", "start", "end", "bytes", "retention", "cleanup", "differs"];
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line a topic behind a line of names, with tabs between.</summary>
    public static void WriteTabs(IEnumerable<TopicRow> rows)
    {
        Console.Out.WriteLine(string.Join('\t', Names));
        foreach (var row in rows) Console.Out.WriteLine(string.Join('\t', Cells(row, "0")));
    }

    /// <summary>An object a topic; <c>retention_ms</c> as Kafka has it, −1 for ever.</summary>
    public static void WriteJson(IEnumerable<TopicRow> rows)
    {
        foreach (var row in rows)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new
                {
                    topic = row.Spec.Name,
                    partitions = row.Partitions,
                    records = row.Records,
                    start = row.Start,
                    end = row.End,
                    bytes = row.Bytes,
                    retention_ms = row.Spec.Retention is { } kept ? (long)kept.TotalMilliseconds : -1,
                    cleanup = Cleanup(row.Spec),
                    differs = row.Differs,
                },
                Json));
        }
    }

    /// <summary>A table; what differs from the topics' table has a column only where something does.</summary>
    public static void WriteTable(IEnumerable<TopicRow> rows)
    {
        var all = rows.ToList();
        var columns = all.TrueForAll(r => r.Differs.Length == 0) ? Names.Length - 1 : Names.Length;
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < columns; i++) table.AddColumn(new TableColumn(Names[i]) { Alignment = i is >= 1 and <= 5 ? Justify.Right : Justify.Left });
        foreach (var row in all) table.AddRow([.. Cells(row, "N0").Take(columns).Select(c => new Text(c))]);
        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Cells(TopicRow row, string format)
    {
        yield return row.Spec.Name;
        foreach (var number in new[] { row.Partitions, row.Records, row.Start, row.End, row.Bytes })
            yield return number.ToString(format, CultureInfo.InvariantCulture);
        yield return row.Spec.Retention is { } kept ? string.Create(CultureInfo.InvariantCulture, $"{kept.TotalDays:0.##}d") : "forever";
        yield return Cleanup(row.Spec);
        yield return row.Differs;
    }

    private static string Cleanup(TopicSpec spec) => spec.Cleanup == Core.Log.Cleanup.Compact ? "compact" : "delete";
}
