using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Evaluator;
using Tppo.Facts.Runs;
using Tppo.Ingest.Import;
using Tppo.Labeler;

namespace Tppo.Cli.Run;

/// <summary><c>tppo run</c>: services as processes of their own.</summary>
internal static class RunCommand
{
    private const int FirstPort = 9464;

    public static Command Create()
    {
        var service = new Argument<string>("service") { Description = "ingest, policy-trainer, labeler, reward-trainer, evaluator, or all." };
        service.AcceptOnlyFromAmong([.. Services.Names, "all"]);
        var config = new Option<FileInfo?>("--config")
        {
            Description = "Run settings as JSON; keys left out keep their defaults. Default: the folder's run.json.",
        };
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder.", DefaultValueFactory = _ => new DirectoryInfo("tppo-data/run") };
        var untilIdle = new Option<bool>("--until-idle")
        {
            Description = "End when all inputs are read to their heads, nothing is pending and no cut could still close.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what was resolved, and do nothing." };
        var address = new Option<string>("--metrics-address")
        {
            Description = "Address of /metrics, /healthz and /readyz.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = Options.Whole<int>("--metrics-port");
        port.Description =
            "Their port; 0 takes a free one. Default: 9464 for ingest and all, one more for each service after it; a free one where that is taken.";
        var member = new Option<string>("--member")
        {
            Description = "This process among those of the same service that share its partitions (on Kafka); a second one of a name replaces the first.",
            DefaultValueFactory = _ => Services.DefaultMember,
        };
        var format = new Option<string>("--log-format") { Description = "text, or json: one object a line.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var level = Options.OneOf("--log-level", LogLevel.Information);
        level.Description = "Least level that is logged.";
        var command = new Command("run", "Runs one service, or all, until stopped or idle. SIGTERM and Ctrl-C stop in order.")
        {
            service, config, data, member, untilIdle, dryRun, address, port, format, level,
        };
        var logs = new LogOptions();
        logs.AddTo(command);
        var judges = new JudgeOptions();
        judges.AddTo(command);
        var bus = new BusOptions();
        bus.AddTo(command);
        var paused = new Option<bool>("--paused") { Description = "Buy no labels until tppo label resume says so." };
        command.Options.Add(paused);
        command.SetAction((parsed, _) =>
        {
            var folder = new RunFolder(parsed.GetValue(data)!.FullName);
            var chosen = logs.Read(parsed, folder);
            var settings = Resolve(folder, parsed.GetValue(config));
            settings = settings with { Judge = judges.Settings(parsed, settings.Judge) };
            var judge = judges.Access(parsed, settings.Judge, isAsked: Asks(parsed.GetValue(service)!, settings.Judge));
            var process = new ProcessOptions(
                parsed.GetValue(service)!, parsed.GetValue(member)!, folder.Path, chosen.Kafka, chosen.Prefix, parsed.GetValue(untilIdle),
                parsed.GetValue(address)!, parsed.GetValue(port) ?? PortOf(parsed.GetValue(service)!), parsed.GetValue(format)!, parsed.GetValue(level));
            process.Check();
            var commands = bus.Read(parsed);
            if (parsed.GetValue(paused) && commands is null) throw new UserException("--paused: expected --bus with it, found none: nobody could resume it");
            var anyPort = parsed.GetValue(port) is null;
            if (!parsed.GetValue(dryRun))
                return new ServiceProcess(folder, chosen, settings, judge, process, anyPort, commands, parsed.GetValue(paused)).RunAsync();
            Console.Out.Write(RunSettingsJson.Write(settings));
            Console.Out.WriteLine(process.ToJson());
            return Task.FromResult(Exit.Done);
        });
        return command;
    }

    private static bool Asks(string service, JudgeSettings judge) =>
        service is LabelerService.Name or "all" || (service == EvaluatorService.Name && judge.Evaluates);

    private static int PortOf(string service) => FirstPort + Math.Max(0, Services.Names.ToList().IndexOf(service));

    private static RunSettings Resolve(RunFolder folder, FileInfo? config)
    {
        if (config is null)
            return folder.ReadSettings() ?? throw new UserException($"{folder.RunJson}: no such file; give --config FILE, or --data of a run that exists");
        if (!config.Exists) throw new UserException($"{config.FullName}: no such file");
        var settings = RunSettingsJson.Read(File.ReadAllText(config.FullName), config.FullName);
        if (settings.Input.Kind == InputKind.World || settings.Input.Sha256.Length > 0) return settings;

        // Which file it is decides what is computed: named by content from here on.
        if (settings.Input.Path.Length == 0) throw new UserException($"{config.FullName}: input.path: expected a file, found nothing");
        using var import = FileImport.Open(settings.Input.Path);
        return settings with { Input = settings.Input with { Sha256 = import.Sha256, Path = Path.GetFullPath(settings.Input.Path) } };
    }
}
