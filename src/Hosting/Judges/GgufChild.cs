using System.Diagnostics;
using System.Globalization;
using Tppo.Core;

namespace Tppo.Hosting.Judges;

/// <summary>
/// A GGUF model's server as a child of this process, behind a Unix socket of its own. A child, because native code dies whole: then it is
/// started again, and calls that found nobody are made again by their own rule.
/// </summary>
public sealed class GgufChild : IDisposable
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LivesLong = TimeSpan.FromMinutes(1);
    private readonly string folder;
    private readonly string[] command;
    private readonly Action<string> warn;
    private readonly CancellationTokenSource stop = new();
    private readonly Task keeping;
    private volatile Process? process;

    private GgufChild(JudgeAccess access, Action<string> warn)
    {
        this.warn = warn;
        folder = Directory.CreateTempSubdirectory("tppo-judge-").FullName;
        var socket = Path.Combine(folder, "judge.sock");
        command =
        [
            .. access.ServerCommand, "--model", access.ModelFile!, "--socket", socket, "--parent",
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ];
        Access = access with { Url = null, Socket = socket };
        keeping = Task.Run(KeepAsync);
    }

    /// <summary>How it is reached.</summary>
    public JudgeAccess Access { get; }

    /// <summary>The process that serves now; null between two.</summary>
    public int? ProcessId => process is { HasExited: false } running ? running.Id : null;

    /// <summary>Starts it; calls wait until it answers.</summary>
    /// <exception cref="UserException">There is no such file.</exception>
    public static GgufChild Start(JudgeAccess access, Action<string> warn)
    {
        if (access.ModelFile is not { } file) throw new UserException("--judge-model: expected a GGUF file, found none");
        if (!File.Exists(file)) throw new UserException($"--judge-model: {file}: no such file");
        return new GgufChild(access, warn);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        keeping.Wait(TimeSpan.FromSeconds(5));
        Directory.Delete(folder, recursive: true);
    }

    private async Task KeepAsync()
    {
        for (var deaths = 0; !stop.IsCancellationRequested;)
        {
            var begun = Stopwatch.GetTimestamp();
            using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process = child;
            string last = "";
            child.ErrorDataReceived += (_, e) => last = string.IsNullOrWhiteSpace(e.Data) ? last : e.Data;
            child.OutputDataReceived += (_, _) => { };
            child.BeginErrorReadLine();
            child.BeginOutputReadLine();
            try
            {
                await child.WaitForExitAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                child.Kill();
                await child.WaitForExitAsync(CancellationToken.None);
                return;
            }

            deaths = Stopwatch.GetElapsedTime(begun) > LivesLong ? 1 : deaths + 1;
            var pause = TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, 0.25 * Math.Pow(2, deaths - 1)));
            warn($"judge: its process ended with exit code {child.ExitCode}{(last.Length > 0 ? $" ({Core.Text.Printable.Short(last)})" : "")}; started again");
            try
            {
                await Task.Delay(pause, stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
