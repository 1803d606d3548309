using System.Globalization;
using System.Text;
using Spectre.Console;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Cli.Label;

/// <summary>A response with its labels: words and tokens, each with its category (2 relevant, 1 irrelevant, 0 unknown), coloured.</summary>
internal static class LabelPrinter
{
    public static void Print(LabelItem item, JudgeReply reply)
    {
        var reading = reply.Reading;
        var words = Words.Split(item.Input.Response);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{Printable.Of(item.Name)}[/]  {Printable.Of(item.Input.Response)}");
        if (reading.Outcome == ReadingOutcome.Reject)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [yellow]rejected: {OneName.Of(reading.Reason)}[/]{Cost(reply)}");
            return;
        }

        Line("words ", words.Select((w, i) => (w.Text, reading.Words[i])));
        if (item.TokenEnds is { } ends) Line("tokens", Tokens(item.Input.Response, words, ends, reading.Words));
        Line("whole ", [(OneName.Of(reading.Whole), reading.Whole)]);
        AnsiConsole.WriteLine($"  {OneName.Of(reading.Outcome)}{Cost(reply)}");
    }

    /// <summary>What came of all of them.</summary>
    public static void Print(LabelSummary all)
    {
        var reasons = string.Join(", ", all.Reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value:N0} {OneName.Of(r.Key)}")));
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Ok:N0} ok, {all.Partial:N0} partial, {all.Rejected:N0} rejected{(reasons.Length > 0 ? $" ({reasons})" : "")}; "
            + $"{all.Coverage:P1} of words have a score; {all.Usage.PromptTokens:N0} tokens sent, {all.Usage.CompletionTokens:N0} received, "
            + $"{all.Usage.CostUsd:F4} dollars; {all.MeanLatency.TotalSeconds:F2} s an answer, {all.Elapsed.TotalSeconds:F0} s in all"));
    }

    private static IEnumerable<(string, Category)> Tokens(string response, IReadOnlyList<Word> words, int[] ends, IReadOnlyList<Category> categories)
    {
        int[] starts = [.. ends.Select((_, i) => i == 0 ? 0 : ends[i - 1])];
        var owner = Alignment.WordOfToken(words, starts, ends);
        var bytes = Encoding.UTF8.GetBytes(response);
        var of = Alignment.CategoryOfToken(owner, categories);
        for (var i = 0; i < ends.Length; i++)
        {
            var (start, end) = (Math.Min(starts[i], bytes.Length), Math.Min(ends[i], bytes.Length));
            if (end > start) yield return (Encoding.UTF8.GetString(bytes.AsSpan(start, end - start)), of[i]);
        }
    }

    private static void Line(string name, IEnumerable<(string Text, Category Category)> parts)
    {
        AnsiConsole.Write($"  {name}");
        foreach (var (text, category) in parts)
            AnsiConsole.MarkupInterpolated(CultureInfo.InvariantCulture, $"  [{Colour(category)}]{Printable.Of(text.Replace(' ', '·'))}[/]:{(int)category}");
        AnsiConsole.WriteLine();
    }

    private static string Colour(Category category) => category switch
    {
        Category.Relevant => "green",
        Category.Irrelevant => "red",
        _ => "grey",
    };

    private static string Cost(JudgeReply reply)
    {
        var (sent, received, usd) = reply.Usage;
        return string.Create(
            CultureInfo.InvariantCulture, $"; {sent:N0} tokens sent, {received:N0} received, {usd:F6} dollars, {reply.Latency.TotalSeconds:F2} s");
    }
}
