using System.Text;
using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging.Prompts;

/// <summary>
/// Puts a history and a response into a template, and reads them out again. Slots are filled in one pass: what is put in is never
/// looked at for slots. Every event stands on a line of its own, as JSON (<see cref="PromptText"/>).
/// </summary>
public static class JudgePrompt
{
    private const string Opens = "{{", Closes = "}}";
    private const string Actions = "USER_HISTORY_DATA", Searches = "USER_QUERIES_DATA", History = "HISTORY_DATA";
    private const string Response = "RETURNED_QUERIES_DATA", Other = "OTHER_QUERIES_DATA", ResponseWords = "WORDS_DATA";

    /// <summary>The prompt.</summary>
    /// <param name="template">What is asked.</param>
    /// <param name="input">What it is asked about.</param>
    /// <param name="dropped">How many of the oldest events are left out, so that it fits.</param>
    public static string Write(JudgeTemplate template, JudgeInput input, int dropped = 0)
    {
        var events = input.History.Skip(dropped).ToList();
        var prompt = new StringBuilder(template.Text.Length + (events.Count * 64));
        foreach (var (text, slot) in Pieces(template.Text))
        {
            prompt.Append(text);
            if (slot is not null) prompt.Append(Filled(slot, events, input));
        }

        return prompt.ToString();
    }

    /// <summary>What stands in the slots of a prompt that was made of a template.</summary>
    /// <exception cref="FormatException">It was not.</exception>
    public static PromptItems Read(JudgeTemplate template, string prompt)
    {
        var slots = new Dictionary<string, string>();
        var pieces = Pieces(template.Text).ToList();
        var at = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            if (string.CompareOrdinal(prompt, at, pieces[i].Text, 0, pieces[i].Text.Length) != 0)
                throw new FormatException("expected a prompt of the template");
            at += pieces[i].Text.Length;
            if (pieces[i].Slot is not { } slot) continue;

            // What is filled in holds no heading: the template's next text is found behind it.
            var next = pieces[i + 1].Text;
            var end = next.Trim('\n').Length == 0 ? prompt.Length - next.Length : prompt.IndexOf(next, at, StringComparison.Ordinal);
            if (end < 0) throw new FormatException($"{slot}: expected the template's text behind it");
            slots[slot] = prompt[at..end];
            at = end;
        }

        if (at != prompt.Length) throw new FormatException("expected the end of the template, found more");
        return new PromptItems(
            [.. Lines(slots, Actions), .. Lines(slots, History)], [.. Lines(slots, Searches)], Text(slots, Response) ?? "", Text(slots, Other));
    }

    private static string Filled(string slot, List<HistoryEvent> events, JudgeInput input) => slot switch
    {
        Actions => string.Join('\n', events.Where(e => e.Type != EventType.Search).Select(Line)),
        Searches => string.Join('\n', events.Where(e => e.Type == EventType.Search).Select(e => PromptText.Quoted(e.Text))),
        History => string.Join('\n', events.Select(Line)),
        Response => PromptText.Quoted(input.Response),
        Other => PromptText.Quoted(input.Other),
        ResponseWords => $"[{string.Join(", ", Words.Split(input.Response).Select(w => PromptText.Quoted(w.Text)))}]",
        _ => throw new InvalidOperationException($"{slot}: no such slot"),
    };

    private static string Line(HistoryEvent e)
    {
        var url = e.Url.Length == 0 ? "" : $", \"url\": {PromptText.Quoted(e.Url)}";
        return $"{{\"{e.Type.Name()}\": {PromptText.Quoted(e.Text)}{url}}}";
    }

    // The template's text up to each slot, and behind the last.
    private static IEnumerable<(string Text, string? Slot)> Pieces(string template)
    {
        var at = 0;
        while (template.IndexOf(Opens, at, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = template.IndexOf(Closes, open, StringComparison.Ordinal);
            yield return (template[at..open], template[(open + Opens.Length)..close]);
            at = close + Closes.Length;
        }

        yield return (template[at..], null);
    }

    private static string[] Lines(Dictionary<string, string> slots, string slot) =>
        slots.TryGetValue(slot, out var filled) && filled.Length > 0 ? filled.Split('\n') : [];

    private static string? Text(Dictionary<string, string> slots, string slot) =>
        slots.TryGetValue(slot, out var filled) ? JsonSerializer.Deserialize<string>(filled) : null;
}
