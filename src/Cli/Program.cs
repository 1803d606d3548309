// tppo: the command line. Composes the five services on one log and prints what they leave behind.
//
//   demo     events ──► windows ──► SFT ──► rollouts ──► judgements ──► reward model ──► TPPO ──► evaluation ──► table, report
//   run      one service, or all, as a process of its own, on the same facts
//   rebuild  cuts and facts of a log ──► the same checkpoints again, hashes compared
//   inspect  the pure parts on lines of JSON
//   topics   the log's topics as they are, and what stands on them
//   label    a judge's labels of one response, what labels would cost, and their pause
//   models   a run's checkpoints, what a model's folder holds, and models for other programs
//   generate what a model thinks that somebody searches next
//   log      whether a log and its checkpoints are what they were
//   judge    what a judge is worth, before anything is spent on a run; a server for one from a GGUF file
//
// Exit codes: 0 done; 1 an unexpected failure; 2 something that the caller can put right, told in one line; 3 a rebuild
// whose hashes differ, a log or checkpoint that is damaged, or a judge that is of no use; 130 stopped by Ctrl-C, 143 by SIGTERM.
using System.CommandLine;
using System.Globalization;
using System.Text;
using Spectre.Console;
using Tppo.Cli;
using Tppo.Cli.Demo;
using Tppo.Cli.Generate;
using Tppo.Cli.Inspect;
using Tppo.Cli.Judge;
using Tppo.Cli.Label;
using Tppo.Cli.LogAdmin;
using Tppo.Cli.Models;
using Tppo.Cli.Rebuild;
using Tppo.Cli.Run;
using Tppo.Cli.TopicAdmin;

if (MachineLimits.Fault(args) is { } fault)
{
    MachineLimits.Tell(fault);
    return Exit.Usage;
}

PrivateFiles.Begin();
// Numbers and characters are the same everywhere.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
// What goes to a file or a pipe has lines as long as they are.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 10_000;

var root = new RootCommand("Learns, from a log of searches, to generate the queries that each person will want next.")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    RebuildCommand.Create(),
    InspectCommand.Create(),
    TopicsCommand.Create(),
    LogCommand.Create(),
    JudgeCommand.Create(),
    LabelCommand.Create(),
    ModelsCommand.Create(),
    GenerateCommand.Create(),
};
return Exit.Guarded(root, args);
