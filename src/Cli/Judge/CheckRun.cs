using Microsoft.Extensions.Logging;
using Spectre.Console;
using Tppo.Cli.Demo;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts;
using Tppo.Facts.Judgements;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Ingest;
using Tppo.Ingest.Import;
using Tppo.Streaming.Records;

namespace Tppo.Cli.Judge;

/// <summary>One check: events become windows as in a run, then the judge is asked about some of them.</summary>
internal sealed class CheckRun(RunFolder folder, RunSettings settings, JudgeSettings judge, JudgeAccess access, IImportSource? source)
{
    /// <summary>Checks, and prints.</summary>
    public int Run(IReadOnlyList<TemplateName> templates, int pairsMost, int canaries)
    {
        folder.Claim(settings);
        using var stopping = new Stopping();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(new StderrLogger(LogLevel.Warning, json: false)));
        var board = new StageBoard(TimeProvider.System);
        using var log = new LogChoice(null, null, null, folder).Open(settings, "judge-check", loggers, stopping.Token);
        var context = Services.Context(log, folder, settings, board, loggers, access);
        AnsiConsole.WriteLine($"data folder {folder.Path}");
        List<TemplateCheck> checks;
        using (new ProgressView(board, verbose: false, TimeProvider.System))
        {
            new WorkerHost(log, loggers.CreateLogger<WorkerHost>()).Run(IngestService.Compose(context, source), untilIdle: true, stopping.Token);
            checks = stopping.Token.IsCancellationRequested ? [] : Check(context, templates, pairsMost, canaries, stopping.Token);
        }

        if (stopping.Token.IsCancellationRequested) return Exit.Stopped;
        CheckTable.Print(judge, checks);
        return checks.Exists(c => c.Check.Fault is null) ? Exit.Done : Exit.Differs;
    }

    private List<TemplateCheck> Check(
        ServiceContext context, IReadOnlyList<TemplateName> templates, int pairsMost, int canaries, CancellationToken cancellation)
    {
        List<Window> windows =
            [.. new TopicTail(context.Log, Topics.Windows).Read().Where(r => !EndMark.Is(r, out _)).Select(r => WindowJson.Read(r.Value))];
        var pairs = CheckPair.Of(windows, pairsMost, settings.Seed);
        var known = Canary.Some(settings.Seed, canaries);
        var judgements = new JudgementLog(context.Log, context.Clock);
        judgements.Refresh();
        using var desk = new JudgeDesk(judgements, context.DeskFor(Purposes.Label));
        using var judges = new RunJudges(settings with { Judge = judge }, access, context.Clock, context.Warn);
        var checks = new List<TemplateCheck>();
        foreach (var template in templates)
        {
            using var stage = context.Board.Start($"check {OneName.Of(template)}");
            var asked = judges.Model(template);
            var check = JudgeTemplate.Of(template).Form == AnswerForm.Vote
                ? new VoteChecking(desk, pairs, settings.Seed).Take(asked, context.Clock, cancellation)
                : new TemplateChecking(desk, pairs, known, settings.Seed).TakeInFull(asked, template, context.Clock, cancellation);
            checks.Add(check);
            stage.Report(1, 1, FormattableString.Invariant($"{check.Asked} questions"));
        }

        return checks;
    }
}
