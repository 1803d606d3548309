using System.Globalization;
using Spectre.Console;
using Tppo.Core.Models;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Evaluator;
using Tppo.Facts.Runs;

namespace Tppo.Cli.Demo;

/// <summary>The table at the end, and sample histories with each word coloured by its reward.</summary>
internal static class DemoTable
{
    private const int HistoryShown = 6;

    public static void Print(DemoResult result, RunFolder folder)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("held-out users", "SFT", "TPPO");
        Row("relevance rate", s => $"{s.Relevance:P1}");
        Row("  95 % interval", s => $"{s.Low:P1} – {s.High:P1}");
        Row("  windows", s => $"{s.N:N0}");
        Row("relevant words", s => Figure.Text(s.Words, "P1"));
        Row("distinct words", s => Figure.Text(s.Distinct, "F3"));
        Row("copied queries", s => Figure.Text(s.Copied, "P1"));
        Row("tokens a response", s => $"{s.Length:F1}");
        Row("queries a response", s => $"{s.Queries:F2}");
        Row("malformed", s => $"{s.Malformed:P1}");
        Row("without an end", s => $"{s.NoEos:P2}");
        AnsiConsole.Write(table);

        if (result.JudgeWarning is { } doubt) AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]warning: {Printable.Of(doubt)}[/]");
        var d = result.Difference;
        AnsiConsole.WriteLine($"TPPO − SFT, paired by window: {Points(d.Mean)} points (95 %: {Points(d.Low)} to {Points(d.High)})");
        AnsiConsole.WriteLine(
            $"reward model: token AUC {Figure.Text(result.RmAucToken, "F3")}; judge: "
                + $"{Printable.Of(result.Truth())}; {(result.LabelsBy is { } by ? $"labels by {Printable.Of(by)}; " : "")}"
            + $"judge calls: {result.JudgeCalls.Labels:N0} labels, {result.JudgeCalls.Updates:N0} in updates, {result.JudgeCalls.Evaluation:N0} to evaluate");
        AnsiConsole.WriteLine(
            $"{result.Events:N0} events, {result.Windows:N0} windows, {result.DeadLetters:N0} dead letters, {result.Seconds:F0} s, {result.PeakRssMb:N0} MB");
        foreach (var sample in result.Samples) Print(sample);
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"checkpoint {result.CheckpointSha256}");
        AnsiConsole.WriteLine($"report     {folder.Report}");

        void Row(string name, Func<Summary, string> figure) => table.AddRow(new Text(name), new Text(figure(result.Sft)), new Text(figure(result.Tppo)));
    }

    private static string Points(double? share) => Figure.Text(100 * share, "+0.0;−0.0");

    private static void Print(SampleHistory sample)
    {
        AnsiConsole.WriteLine();
        var hidden = Math.Max(0, sample.History.Count - HistoryShown);
        if (hidden > 0) AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]  … {hidden} earlier events[/]");
        foreach (var e in sample.History.Skip(hidden)) AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]  {Printable.Of(e)}[/]");
        AnsiConsole.MarkupLine($"  searched next  {Markup.Escape(Printable.Of(string.Join(", ", sample.Targets)))}");
        AnsiConsole.MarkupLine($"  SFT            {ColouredWords.Markup(sample.Before)}");
        AnsiConsole.MarkupLine($"  TPPO           {ColouredWords.Markup(sample.After)}");
    }
}
