using System.Globalization;
using Spectre.Console;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Hosting.Judges;

namespace Tppo.Cli.Judge;

/// <summary>What a check found, a column a template, and a verdict.</summary>
internal static class CheckTable
{
    public static void Print(JudgeSettings judge, IReadOnlyList<TemplateCheck> checks)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var check in checks) table.AddColumn(OneName.Of(check.Template));
        Row("own against others' (AUC)", c => Figure.Text(c.Check.Auc, "F3"));
        Row("  95 % interval", c => $"{Figure.Text(c.Check.Low, "F3")} – {Figure.Text(c.Check.High, "F3")}");
        Row("known answers, right of read", c => Canaries(c));
        Row("agrees with itself, turned", c => Figure.Text(c.Agreement, "P1"));
        Row("words with a score", c => Figure.Text(c.Coverage, "P1"));
        Row("answers", c => string.Join(", ", c.Outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Value} {o.Key}")));
        Row("tokens a label", c => Number(c.Check.Tokens / (double)c.Asked, "F0"));
        Row("dollars a label", c => Number(c.Check.CostUsd / c.Asked, "F6"));
        Row("seconds a label", c => Number(c.Seconds / c.Asked, "F3"));
        AnsiConsole.Write(table);
        foreach (var check in checks)
        {
            var name = OneName.Of(check.Template);
            if (check.Check.Fault is { } fault)
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]{name}: useless: {Printable.Of(fault)}[/]");
            else
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]{name}: of use[/]");
        }

        var best = checks.Where(c => c.Check.Fault is null).MaxBy(c => c.Check.Low);
        AnsiConsole.WriteLine(best is null
            ? $"verdict: {Printable.Of(judge.Model)} is of no use as a judge here"
            : $"verdict: {Printable.Of(judge.Model)} is of use as a judge here, best under {OneName.Of(best.Template)}");

        void Row(string name, Func<TemplateCheck, string> figure) => table.AddRow([new Text(name), .. checks.Select(c => new Text(figure(c)))]);
    }

    private static string Canaries(TemplateCheck check) =>
        check.Check.CanariesPassed + check.Check.CanariesFailed == 0
            ? "–"
            : FormattableString.Invariant($"{check.Check.CanariesPassed} of {check.Check.CanariesPassed + check.Check.CanariesFailed}");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
