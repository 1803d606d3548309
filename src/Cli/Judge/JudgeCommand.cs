using System.CommandLine;

namespace Tppo.Cli.Judge;

/// <summary><c>tppo judge</c>: what a judge is worth before anything is spent on it.</summary>
internal static class JudgeCommand
{
    public static Command Create() => new("judge", "Judges: what one is worth, before anything is spent on a run.") { CheckCommand.Create() };
}
