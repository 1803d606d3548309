using System.Globalization;
using System.Net;
using System.Text;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Evaluator;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Training;
using Tppo.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Cli.Demo;

/// <summary><c>report.html</c>: figures, curves and samples on one page that asks nobody for anything.</summary>
internal static class Report
{
    private const string Blue = "#2563eb", Orange = "#ea7317", Green = "#15803d", Violet = "#7c3aed";

    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c1f24;--soft:#667085;--line:#d9dde3;--card:#fff;--page:#f5f6f8}
        @media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4b2;--line:#343a43;--card:#1d2127;--page:#14171b}}
        *{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);margin:0 auto;max-width:1120px;padding:24px}
        h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 10px}p{margin:4px 0;color:var(--soft)}
        table{border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:8px}
        td,th{padding:6px 14px;text-align:right;border-bottom:1px solid var(--line)}td:first-child,th:first-child{text-align:left}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:14px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
        svg{width:100%;height:auto;display:block}svg .title{font-size:13px;font-weight:600;fill:var(--ink)}
        svg .tick{font-size:11px;fill:var(--soft)}svg .grid{stroke:var(--line)}
        .word{padding:1px 5px;border-radius:4px;color:#111;margin-right:2px;display:inline-block}
        .history{color:var(--soft);font-size:13px;columns:2;margin:0 0 8px;padding-left:18px}
        .label{display:inline-block;width:110px;color:var(--soft)}code{font-size:12px;word-break:break-all}
        """;

    public static void Write(RunFolder folder, RunSettings settings, DemoResult result, IEventLog log, ArtifactStore artifacts)
    {
        var models = new ModelLog(log);
        models.Refresh();
        var page = new StringBuilder();
        page.Append(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>TPPO "
                + "run</title><style>")
            .Append(Style)
            .Append("</style></head><body>");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<h1>Personalised queries by token-level PPO</h1><p>{Text(Input(settings))}, seed {settings.Seed}, {result.Events:N0} events, "
                + $"{result.Windows:N0} windows, {result.Seconds:F0} s</p>");
        page.Append("<h2>Held-out users</h2>").Append(Table(result));
        page.Append("<h2>Curves</h2><div class=\"charts\">");
        foreach (var chart in Charts(models, artifacts).Where(c => c.Length > 0)) page.Append("<div class=\"card\">").Append(chart).Append("</div>");
        page.Append("</div><h2>Queries before and after</h2><p>Each word is coloured by the reward that the reward model gives it: red −1, green +1.</p>");
        foreach (var sample in result.Samples) page.Append(Sample(sample));
        page.Append(CultureInfo.InvariantCulture, $"<h2>Checkpoint</h2><p><code>{result.CheckpointSha256}</code></p></body></html>");
        RunFolder.WriteWhole(folder.Report, page.ToString());
    }

    private static string Input(RunSettings settings) => settings.Input.Kind == InputKind.World
        ? $"the search world of {settings.Input.World.Users:N0} people"
        : $"the events of {Path.GetFileName(settings.Input.Path)}";

    private static string Table(DemoResult result)
    {
        var (a, b, d) = (result.Sft, result.Tppo, result.Difference);
        (string Name, Func<Summary, string> Figure)[] rows =
        [
            ("relevance rate", s => P(s.Relevance)), ("95 % interval", s => $"{P(s.Low)} – {P(s.High)}"),
            ("windows", s => F(s.N, "N0")), ("relevant words", s => P(s.Words)),
            ("distinct words", s => F(s.Distinct, "F3")), ("copied queries", s => P(s.Copied)), ("tokens a response", s => F(s.Length, "F1")),
            ("queries a response", s => F(s.Queries, "F2")), ("malformed", s => P(s.Malformed)), ("without an end", s => P(s.NoEos)),
        ];
        var body = string.Concat(rows.Select(r => $"<tr><td>{r.Name}</td><td>{r.Figure(a)}</td><td>{r.Figure(b)}</td></tr>"));
        var labels = result.LabelsBy is { } by ? $" Labels by {Text(by)}." : "";
        var warning = result.JudgeWarning is { } doubt ? $"<p><b>Warning: {Text(doubt)}</b></p>" : "";
        var token = F(result.RmAucToken, "F3");
        return $"<table><tr><th></th><th>SFT</th><th>TPPO</th></tr>{body}</table>"
            + $"<p>TPPO − SFT, paired by window: <b>{Points(d.Mean)}</b> points (95 %: {Points(d.Low)} to {Points(d.High)}). "
            + $"Reward model: token AUC {token}. Judge: {Text(result.Truth())}.{labels}</p>{warning}";

        static string Points(double? share) => F(100 * share, "+0.0;−0.0");
    }

    private static IEnumerable<string> Charts(ModelLog models, ArtifactStore artifacts)
    {
        foreach (var sft in models.Checkpoints.Where(c => c.Version == 0 && c.Model == c.Fold.Model(ModelFamilies.Policy)))
        {
            var fold = sft.Fold.Count == 1 ? "" : $", fold {sft.Fold.Index + 1}";
            var loss = Curves.Read<StepStats>(artifacts.Folder(sft.Checkpoint));
            yield return SvgChart.Draw("SFT loss" + fold, "step", new ChartLine("loss", Blue, [.. loss.Select(s => ((double)s.Step, s.Loss))]));
            if (models.Find(sft.Fold.Model(ModelFamilies.Reward), 0) is { } reward)
            {
                var steps = Curves.Read<StepStats>(artifacts.Folder(reward.Checkpoint));
                yield return SvgChart.Draw(
                    "Reward model loss" + fold, "step",
                    new ChartLine("local", Blue, [.. steps.Select(s => ((double)s.Step, s.LossLocal ?? double.NaN))]),
                    new ChartLine("global", Orange, [.. steps.Select(s => ((double)s.Step, s.LossGlobal ?? double.NaN))]));
            }

            if (models.Newest(sft.Model) is not { Version: > 0 } last) continue;
            var updates = Curves.Read<UpdatePoint>(artifacts.Folder(last.Checkpoint));
            string Of(string name, string colour, Func<UpdatePoint, double?> figure) =>
                SvgChart.Draw(name + fold, "update", new ChartLine(name, colour, [.. updates.Select(u => ((double)u.Update, figure(u) ?? double.NaN))]));
            yield return Of("TPPO reward a response", Green, u => u.Stats.Scores);
            yield return Of("KL to the SFT policy, nats a response", Violet, u => u.Stats.Kl);
            yield return Of("Tokens a response", Blue, u => u.Stats.ResponseLength);
            yield return Of("Distinct words", Orange, u => u.DistinctWords);
            yield return Of("Critic: explained variance", Violet, u => u.Stats.ExplainedVariance);
            yield return Of("Clip fraction", Green, u => u.Stats.ClipFraction);
        }
    }

    private static string Sample(SampleHistory sample) =>
        $"<div class=\"card\" style=\"margin-bottom:12px\"><ul class=\"history\">{string.Concat(sample.History.Select(h => $"<li>{Text(h)}</li>"))}</ul>"
        + $"<div><span class=\"label\">searched next</span>{Text(string.Join(", ", sample.Targets))}</div>"
        + $"<div><span class=\"label\">SFT</span>{Words(sample.Before)}</div><div><span class=\"label\">TPPO</span>{Words(sample.After)}</div></div>";

    private static string Words(IReadOnlyList<ScoredWord> words) =>
        string.Join(" · ", words.GroupBy(w => w.Query).Select(q => string.Concat(q.Select(w =>
            $"<span class=\"word\" style=\"background:{Colour(w.Reward)}\" title=\"{F(w.Reward, "+0.00;−0.00")}\">{Text(w.Text)}</span>"))));

    // From red by yellow to green, hue in degrees.
    private static string Colour(double reward) => string.Create(CultureInfo.InvariantCulture, $"hsl({60 + (60 * Math.Clamp(reward, -1, 1)):F0} 75% 72%)");

    private static string Text(string text) => WebUtility.HtmlEncode(Printable.Of(text));

    private static string F(double? value, string format) => Figure.Text(value, format);

    private static string P(double? value) => value is null ? "–" : F(100 * value, "F1") + " %";
}
