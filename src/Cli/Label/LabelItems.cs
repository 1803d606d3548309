using System.Text;
using System.Text.Json;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Windows;
using Tppo.Facts;
using Tppo.Facts.Forms;
using Tppo.Streaming.Log;

namespace Tppo.Cli.Label;

/// <summary>
/// Responses from a file, a line each: <c>{"history": ["a search", …], "response": "…"}</c>, or what <c>tppo topics tail rollouts.v1</c>
/// prints, whose histories stand on the log.
/// </summary>
internal static class LabelItems
{
    private const long BytesMax = 64 << 20;

    /// <summary>The responses.</summary>
    /// <param name="file">The file.</param>
    /// <param name="log">Opens the log whose windows the file's rollouts are of.</param>
    /// <exception cref="UserException">A line is none, or names a window that is not there.</exception>
    public static List<LabelItem> Read(FileInfo file, Func<IEventLog> log)
    {
        if (!file.Exists) throw new UserException($"--rollouts: {file.FullName}: no such file");
        if (file.Length > BytesMax) throw new UserException($"--rollouts: {file.FullName}: expected at most {BytesMax:N0} bytes, found {file.Length:N0}");
        var items = new List<LabelItem>();
        var rows = new List<(string Place, string Window, string Response, int[] Ends)>();
        var number = 0;
        foreach (var line in File.ReadLines(file.FullName))
        {
            var place = $"{file.Name}:{++number}";
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("value", out var value)) rows.AddRange(value.EnumerateArray().Select(row => Row(place, row)));
                else items.Add(Plain(place, json.RootElement));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                throw new UserException($"{place}: expected {{\"history\":[…],\"response\":\"…\"}} or a record of rollouts.v1: {e.Message}", e);
            }
        }

        if (rows.Count > 0) items.AddRange(WithWindows(rows, log));
        return items.Count > 0 ? items : throw new UserException($"--rollouts: {file.FullName}: expected a response a line, found none");
    }

    /// <summary>Searches as a history, the oldest first.</summary>
    public static List<HistoryEvent> History(IEnumerable<string> searches) =>
        [.. searches.Select((text, i) => new HistoryEvent(EventType.Search, DateTime.UnixEpoch.AddMinutes(i), text, ""))];

    private static LabelItem Plain(string place, JsonElement line)
    {
        var searches = line.GetProperty("history").EnumerateArray().Select(Text).ToList();
        return new LabelItem(place, new JudgeInput(History(searches), Text(line.GetProperty("response")).Trim()), TokenEnds: null);
    }

    private static string Text(JsonElement value) => value.GetString() ?? throw new FormatException("expected text, found null");

    private static (string, string, string, int[]) Row(string place, JsonElement row) => (
        $"{place} {Text(row.GetProperty("rollout_id"))}", Text(row.GetProperty("window_id")), Text(row.GetProperty("response")),
        [.. row.GetProperty("byte_ends").EnumerateArray().Select(e => e.GetInt32())]);

    private static IEnumerable<LabelItem> WithWindows(List<(string Place, string Window, string Response, int[] Ends)> rows, Func<IEventLog> log)
    {
        var wanted = rows.Select(r => r.Window).ToHashSet(StringComparer.Ordinal);
        var windows = new Dictionary<string, Window>(StringComparer.Ordinal);
        using (var opened = log())
        {
            foreach (var record in new TopicTail(opened, Topics.Windows).Read())
            {
                if (record.Header(Streaming.Records.HeaderNames.Id) is { } id && wanted.Contains(id) && RecordForm.Fault(record) is null)
                    windows[id] = WindowJson.Read(record.Value);
            }
        }

        foreach (var (place, window, response, ends) in rows)
        {
            if (!windows.TryGetValue(window, out var found)) throw new UserException($"{place}: expected window {window} on the log, found none");
            // The judge sees the response without the space before it; its tokens' ends move along.
            var trimmed = response.TrimStart();
            var cut = Encoding.UTF8.GetByteCount(response) - Encoding.UTF8.GetByteCount(trimmed);
            yield return new LabelItem(place, new JudgeInput(found.History, response.Trim()), [.. ends.Select(e => Math.Max(0, e - cut))]);
        }
    }
}
