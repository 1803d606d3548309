using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tppo.Cli.Demo;
using Tppo.Core;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Learning.Native;
using Tppo.Replay;

namespace Tppo.Cli.Rebuild;

/// <summary><c>tppo rebuild</c>: the models again from the log, hashes compared.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("model")
        {
            Description = "policy, reward or critic (policy.3 of fold 3) with what it rests on. Default: all policies.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder. Default: the newest run under tppo-data." };
        const string does =
            "Makes the models again from recorded cuts, rollouts and judgements, asking no judge and writing nothing to the log. Goes on where it stopped.";
        var command = new Command("rebuild", does) { model, data };
        var logs = new LogOptions();
        logs.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(data)?.FullName ?? RunFolders.Newest());
            var chosen = logs.Read(parsed, folder);
            var known = folder.ReadSettings();
            if (known is null && !chosen.IsLive) throw new UserException($"{folder.RunJson}: no such file; give --data of a run that exists");
            using var stopping = new Stopping();
            using var log = chosen.Open();
            var settings = known ?? RunOnLog.Read(log) ?? throw new UserException($"{chosen.Name}: expected a run, found none");
            TorchRuntime.Start(settings.Numerics, settings.Threads);
            var board = new StageBoard(TimeProvider.System);
            IReadOnlyList<RebuiltCheckpoint> rebuilt;
            using (new ProgressView(board, verbose: false, TimeProvider.System))
            {
                rebuilt = new Rebuilder(log, settings, folder, board).Rebuild(parsed.GetValue(model), stopping.Token);
            }

            return Show(rebuilt, RunFolders.CheckpointsOf(folder, hasTheLog: !chosen.IsLive));
        });
        return command;
    }

    private static int Show(IReadOnlyList<RebuiltCheckpoint> rebuilt, ArtifactStore? ofTheRun)
    {
        foreach (var r in rebuilt)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, r.IsEqual
                ? (FormattableString)$"[green]equal[/]    {r.Recorded.Model} {r.Recorded.Version}  {r.Weights}"
                : $"[red]differs[/]  {r.Recorded.Model} {r.Recorded.Version}  expected {r.Recorded.WeightsSha256}, found {r.Weights}");
        }

        var damages = ofTheRun is null ? [] : rebuilt.Select(r => ofTheRun.Damage(r.Recorded.Checkpoint)).OfType<string>().ToList();
        foreach (var damage in damages) AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]damaged[/]  {damage}");
        return damages.Count == 0 && rebuilt.All(r => r.IsEqual) ? Exit.Done : Exit.Differs;
    }
}
