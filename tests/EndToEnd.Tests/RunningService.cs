using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>A process of `tppo run SERVICE` on the broker, and what it says.</summary>
internal sealed partial class RunningService : IDisposable
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(5);
    private readonly Process process;
    private readonly string member;

    private RunningService(Process process, string member) => (this.process, this.member) = (process, member);

    /// <summary>Lines of its log, as they come.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Starts one under a name.</summary>
    public static RunningService Start(string service, UnbrokenRun unbroken, string prefix, string member, string config, string? data = null)
    {
        var process = TppoProcess.Start(
            [
                "run", service, "--data", data ?? unbroken.NewFolder(), "--config", config, "--member", member, "--metrics-port", "0",
                .. DemoOnKafka.On(prefix),
            ]);
        var started = new RunningService(process, member);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) started.Lines.Enqueue(line.Data);
        };
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits for something that processes do; where it does not come, what they said stands in the failure.</summary>
    public static void Await(Func<bool> condition, string what, params IEnumerable<RunningService> said)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(
                watch.Elapsed < Most, $"waited in vain for {what}\n{string.Join('\n', said.Select(s => $"{s.member}:\n{string.Join('\n', s.Lines)}"))}");
            Thread.Sleep(100);
        }
    }

    /// <summary>Partitions that it said last that it owns.</summary>
    public HashSet<int> Owned(string group) =>
        Lines.Select(l => OwnsPartitions().Match(l))
            .Where(m => m.Success && m.Groups[1].Value == group)
            .Select(m => m.Groups[2].Value)
            .LastOrDefault() is { } last and not "none"
            ? [.. last.Split(", ").Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
            : [];

    /// <summary>Where its metrics are, once it has said so.</summary>
    public Uri? Metrics => Lines.Select(l => ListensOn().Match(l)).FirstOrDefault(m => m.Success) is { } match
        ? new Uri(match.Groups[1].Value + "/metrics")
        : null;

    public bool HasEnded => process.HasExited;

    public bool Says(string text) => Lines.Any(l => l.Contains(text, StringComparison.Ordinal));

    public void Kill() => process.Kill();

    public void Freeze() => TppoProcess.Signal(process, "STOP");

    public void Thaw() => TppoProcess.Signal(process, "CONT");

    /// <summary>An ordered stop.</summary>
    public int Stop()
    {
        TppoProcess.Terminate(process);
        Assert.True(process.WaitForExit(Most));
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    [GeneratedRegex("listening on (http://[^ ]+)")]
    private static partial Regex ListensOn();

    [GeneratedRegex(@"\.(sequencer|windower)-[ab]: owns partitions ([0-9, ]+|none) of ")]
    private static partial Regex OwnsPartitions();
}
