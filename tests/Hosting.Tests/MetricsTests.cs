using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Tppo.Core;
using Tppo.Hosting.Health;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

public partial class MetricsTests
{
    [Fact]
    public async Task Metrics_health_and_readiness_are_served_over_HTTP()
    {
        using var log = new TestLog();
        using var client = new HttpClient();
        var host = new WorkerHost(log.Log, NullLogger<WorkerHost>.Instance);
        await using var server = await MetricsServer.StartAsync(Ready(host, log), "127.0.0.1", port: 0);
        IngestInstruments.WindowsEmitted.Inc();
        Assert.Contains("tppo_windows_emitted_total ", await client.GetStringAsync(server.Url + "/metrics", Cancelled), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), await Answers(client, server));

        host.Run([new ScriptedWorker("good", (_, _) => false)], untilIdle: true, Cancelled);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await Answers(client, server));

        Assert.Throws<InvalidDataException>(
            () => host.Run([new ScriptedWorker("bad", (_, _) => throw new InvalidDataException())], untilIdle: true, Cancelled));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), await Answers(client, server));
    }

    [Fact]
    public async Task A_taken_port_is_the_users_to_put_right()
    {
        using var log = new TestLog();
        var host = new WorkerHost(log.Log, NullLogger<WorkerHost>.Instance);
        await using var server = await MetricsServer.StartAsync(Ready(host, log), "127.0.0.1", port: 0);
        var port = new Uri(server.Url).Port;
        var error = await Assert.ThrowsAsync<UserException>(() => MetricsServer.StartAsync(Ready(host, log), "127.0.0.1", port));
        Assert.StartsWith($"--metrics-port {port}: expected a free port", error.Message, StringComparison.Ordinal);
    }

    private static Readiness Ready(WorkerHost host, TestLog log) => new(
        host, new LogProbe(log.Log, TimeProvider.System), new StageBoard(TimeProvider.System), Path.GetTempPath(), _ => long.MaxValue, TimeProvider.System);

    [Fact]
    public void The_list_in_the_documentation_is_the_list_in_the_code()
    {
        var documented = File.ReadLines(Path.Combine(Root(), "docs", "metrics.md")).Where(l => l.StartsWith('|')).Skip(2).Select(Row).ToList();
        Assert.Equal(Defined().Select(i => i.ToString()).Order(), documented.Select(d => d.ToString()).Order());
        Assert.True(documented.Count > 50);
    }

    [Fact]
    public void Names_follow_the_conventions_and_no_person_is_ever_a_label()
    {
        foreach (var instrument in Defined())
        {
            Assert.Matches("^tppo_[a-z0-9_]+$", instrument.Name);
            Assert.Equal(instrument.Type == "counter", instrument.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.DoesNotMatch("user|query|window|rollout", instrument.Labels);
        }
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task<(HttpStatusCode Health, HttpStatusCode Ready)> Answers(HttpClient client, MetricsServer server)
    {
        using var health = await client.GetAsync(new Uri(server.Url + "/healthz"), Cancelled);
        using var ready = await client.GetAsync(new Uri(server.Url + "/readyz"), Cancelled);
        return (health.StatusCode, ready.StatusCode);
    }

    private static IEnumerable<Instrument> Defined() => typeof(LogInstruments).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(LogInstruments).Namespace)
        .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(f => f.GetValue(null)).OfType<Collector>()
        .Select(c => new Instrument(c.GetType().Name.ToLowerInvariant(), c.Name, string.Join(",", c.LabelNames), c.Help));

    private static Instrument Row(string line)
    {
        var cells = line.Split('|').Select(c => c.Trim()).ToArray();
        return new Instrument(cells[2], cells[3].Trim('`'), string.Join(",", Quoted().Matches(cells[4]).Select(m => m.Groups[1].Value)), cells[5]);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TPPO.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no TPPO.sln above the tests");
    }

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();

    private sealed record Instrument(string Type, string Name, string Labels, string Help);
}
