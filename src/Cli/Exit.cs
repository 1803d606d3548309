using System.CommandLine;
using System.Runtime.InteropServices;
using Tppo.Core;
using Tppo.Core.Text;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Streaming.Log;

namespace Tppo.Cli;

/// <summary>How a command ends, and what is said then: one line for what a person can put right, never a stack trace of it.</summary>
internal static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Differs = 3;

    /// <summary>128 and the number of the signal that asked for it: 130 for Ctrl-C, 143 for SIGTERM, as shells and supervisors expect.</summary>
    public static int Stopped { get; private set; } = 130;

    private static bool IsAsked { get; set; }

    /// <summary>Notes which signal asked for a stop.</summary>
    public static void StoppedBy(PosixSignal signal) => (IsAsked, Stopped) = (true, signal == PosixSignal.SIGTERM ? 143 : 130);

    /// <summary>Parses and runs.</summary>
    public static int Guarded(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // Of several faults the word that nobody knows is the one to name.
            var fault = parsed.UnmatchedTokens.Count > 0 ? $"unknown command or option '{parsed.UnmatchedTokens[0]}'" : parsed.Errors[0].Message;
            Console.Error.WriteLine($"tppo: {OneLine(fault)} (see tppo{Names(parsed.CommandResult)} --help)");
            return Usage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException) when (IsAsked)
        {
            // What nobody asked for is a fault, and told below.
            return Stopped;
        }
        catch (Exception e) when (e is CutMismatchException or InvalidDataException or System.Text.Json.JsonException)
        {
            // What was recorded is damaged: nothing that the caller did, and nothing that a stack trace would explain.
            Console.Error.WriteLine($"tppo: halted: {OneLine(e.Message)}");
            return Failed;
        }
        catch (Exception e) when (
            e is UserException or LogException or CheckpointDamagedException or FormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tppo: {OneLine(e.Message)}");
            return Usage;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"tppo: unexpected: {e}");
            return Failed;
        }
    }

    private static string OneLine(string message) =>
        Printable.Of(string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    private static string Names(System.CommandLine.Parsing.CommandResult? command) =>
        command?.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Names(parent)} {command.Command.Name}" : "";
}
