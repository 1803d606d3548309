using System.Globalization;
using Spectre.Console;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Facts.Runs;
using Tppo.Hosting.Judges;
using Tppo.Labeler;

namespace Tppo.Cli.Label;

/// <summary><c>tppo label --estimate</c>: what the labels that a log still lacks would take.</summary>
internal static class EstimatePrinter
{
    /// <summary>Prints it.</summary>
    /// <param name="choice">The log.</param>
    /// <param name="judge">The judge that would be asked, given the run's.</param>
    /// <param name="access">Its price; null: none was given.</param>
    public static int Print(LogChoice choice, Func<JudgeSettings, JudgeSettings> judge, JudgeAccess? access)
    {
        using var log = choice.Open();
        var settings = RunOnLog.Read(log) ?? throw new UserException("label --estimate: expected the log of a run, found none on it");
        settings = settings with { Judge = judge(settings.Judge) };
        if (!settings.Judge.Kind.IsModel())
            throw new UserException("label --estimate: expected --judge openai with --judge-model NAME, or --judge gguf with --judge-model FILE, found none");
        var estimate = new LabelEstimating(log, settings).Take();
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
        Row("judge", $"{Printable.Of(settings.Judge.Model)}, template {OneName.Of(settings.Judge.Template)}");
        if (estimate.Rollouts > 0)
        {
            Row("responses on the log", Number(estimate.Rollouts));
            Row("labelled by this judge", Number(estimate.Answered));
        }
        else
        {
            Row("responses to be sampled", Number(estimate.Expected));
        }

        Row("calls", Number(estimate.Calls));
        Row("tokens sent", Number(estimate.PromptTokens));
        Row("tokens received", Number(estimate.AnswerTokens));
        var usd = ((estimate.PromptTokens * access?.UsdPerMillionSent) + (estimate.AnswerTokens * access?.UsdPerMillionReceived)) / 1e6;
        Row("dollars", usd?.ToString("F2", CultureInfo.InvariantCulture) ?? "– (give --judge-price IN/OUT)");
        AnsiConsole.Write(table);
        var by = estimate.Measured > 0
            ? string.Create(CultureInfo.InvariantCulture, $"by the token counts of {estimate.Measured:N0} of its answers")
            : "taking four bytes for a token";
        AnsiConsole.WriteLine($"{by}; questions that have to be repeated are not in it");
        return Exit.Done;

        void Row(string name, string figure) => table.AddRow(new Text(name), new Text(figure));
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
