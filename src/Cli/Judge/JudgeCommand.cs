using System.CommandLine;

namespace Tppo.Cli.Judge;

/// <summary><c>tppo judge</c>: what a judge is worth, and a server for one.</summary>
internal static class JudgeCommand
{
    public static Command Create() => new("judge", "Judges: what one is worth, before anything is spent on a run, and a server for one from a file.")
    {
        CheckCommand.Create(), ServeCommand.Create(),
    };
}
