using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Tppo.TestKit;

/// <summary>What a finished command left.</summary>
public sealed record CommandResult(int Code, string Output, string Error);

/// <summary>The real command line, as a process. Where it lies is written into the test's assembly by its project.</summary>
public static class TppoProcess
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(6);

    private static string Host => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    private static string Library =>
        Path.GetFullPath(Assemblies().SelectMany(a => a.GetCustomAttributes<AssemblyMetadataAttribute>()).First(m => m.Key == "tppo").Value!);

    /// <summary>Runs a command to its end.</summary>
    public static CommandResult Run(params string[] arguments) => Run(arguments, input: null);

    public static CommandResult Run(string[] arguments, string? input)
    {
        using var process = Start(arguments);
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        return End(process);
    }

    /// <summary>Runs a script of sh in which <c>$TPPO</c> is the command and <c>$1</c> … are the arguments.</summary>
    public static CommandResult Shell(string script, params string[] arguments)
    {
        var start = Redirected("/bin/sh", ["-c", script, "sh", .. arguments]);
        start.Environment["TPPO"] = $"{Host} {Library}";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        return End(process);
    }

    /// <summary>Starts a command.</summary>
    public static Process Start(params string[] arguments) => Process.Start(Redirected(Host, [Library, .. arguments]))!;

    /// <summary>Waits for its end, for six minutes where nothing else is said.</summary>
    public static CommandResult End(Process process, TimeSpan? most = null)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(most ?? Most))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the command was still running after {most ?? Most}");
        }

        process.WaitForExit();
        return new CommandResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Asks for an ordered stop, as a service manager does.</summary>
    public static void Terminate(Process process) => Signal(process, "TERM");

    /// <summary>Sends a signal: TERM, STOP, CONT.</summary>
    public static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static ProcessStartInfo Redirected(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static Assembly[] Assemblies() =>
        [.. AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name!.StartsWith("Tppo.", StringComparison.Ordinal))];
}
