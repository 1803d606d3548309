using System.Diagnostics;
using System.Net.Sockets;
using Tppo.Core;
using Tppo.Core.Text;
using Tppo.Hosting.Judges.Chat;

namespace Tppo.Hosting.Judges.Gguf;

/// <summary>
/// A GGUF model's server as a child of this process, behind a Unix socket of its own. A child, because native code dies whole: then
/// it is started again, and calls that found nobody are made again by their own rule. It ends with its parent, however that ends:
/// then its standard input does.
/// </summary>
public sealed class JudgeChild : IDisposable
{
    private const int CannotBe = 2; // its exit code where a person has to put something right
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25), PauseMax = TimeSpan.FromSeconds(30), LivesLong = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tppo-judge-");
    private readonly string socket;
    private readonly string[] command;
    private readonly Action<string> warn;
    private readonly CancellationTokenSource stop = new();
    private readonly Task keeping;
    private volatile Process? process;
    private volatile string? fault;

    private JudgeChild(JudgeAccess access, Action<string> warn)
    {
        this.warn = warn;
        socket = Path.Combine(folder.FullName, "judge.sock");
        command = [.. access.ServerCommand, "--model", access.ModelFile!, "--socket", socket, "--until-input-ends"];
        Access = access with { Url = new Uri("http://localhost/v1"), Connect = ConnectAsync };
        keeping = Task.Run(KeepOrTellAsync);
    }

    /// <summary>How it is reached.</summary>
    public JudgeAccess Access { get; }

    /// <summary>The process that serves now; null between two.</summary>
    public int? ProcessId => process is { HasExited: false } running ? running.Id : null;

    /// <summary>Starts it; calls wait until it answers.</summary>
    /// <param name="access">The model's file, and the command that serves one.</param>
    /// <param name="warn">Told when it has died.</param>
    /// <exception cref="UserException">There is no such file.</exception>
    public static JudgeChild Start(JudgeAccess access, Action<string> warn)
    {
        if (access.ModelFile is not { } file) throw new UserException("--judge-model: expected a GGUF file, found none");
        return File.Exists(file) ? new JudgeChild(access, warn) : throw new UserException($"--judge-model: {file}: no such file");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        keeping.Wait();
        stop.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (fault is { } why) throw new ChatException(FailureKind.Denied, why);
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(client, ownsSocket: true);
            }
            catch (SocketException)
            {
                // It is not there yet, or not any more.
                client.Dispose();
                await Task.Delay(LookAgain, cancellation);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
    }

    // Where it cannot even be started, whoever asks is told.
    private async Task KeepOrTellAsync()
    {
        try
        {
            await KeepAsync();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            fault = $"{command[0]}: {e.Message}";
        }
    }

    private async Task KeepAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            File.Delete(socket);
            var last = "";
            using var child = new Process { StartInfo = StartInfo() };
            child.ErrorDataReceived += (_, e) => last = string.IsNullOrWhiteSpace(e.Data) ? last : e.Data;
            child.OutputDataReceived += (_, _) => { };
            child.Start();
            process = child;
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
            finally
            {
                process = null;
            }

            var said = Printable.Short(last);
            if (child.ExitCode == CannotBe)
            {
                fault = said;
                return;
            }

            pause = Stopwatch.GetElapsedTime(begun) > LivesLong ? FirstPause : TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, pause.Ticks * 2));
            warn($"judge: its process ended with exit code {child.ExitCode}{(said.Length > 0 ? $" ({said})" : "")}; it is started again, and asked again");
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

    private ProcessStartInfo StartInfo() => new(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
