using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tppo.TestKit;

/// <summary>
/// A real broker, or a cluster, on this machine, with data in a folder of its own. It goes when it is disposed, when the
/// process exits, and when the process is killed: a watchdog of the operating system's shell outlives us by a second.
/// </summary>
public sealed class TestBroker : IDisposable
{
    // Below the ports that the system hands out to others, so that a port is still free when a killed broker comes back.
    private const int PortsFrom = 20_000;
    private const int PortsTo = 30_000;
    private const int AttemptsMax = 5;

    private static readonly string[] Defaults = ["group.min.session.timeout.ms=1000", "log.retention.check.interval.ms=1000"];

    private readonly string data;
    private bool disposed;

    private TestBroker(string folder, int port)
    {
        Folder = folder;
        data = Path.Combine(folder, "nodes");
        Port = port;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Its folder; files that a test puts there go with it.</summary>
    public string Folder { get; }

    /// <summary>The clients' port of the first node; node i is at <c>Port + 2(i − 1)</c>. Two more after the last node's are free.</summary>
    public int Port { get; }

    /// <summary>What clients are given.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Starts one; returns when every node answers.</summary>
    /// <exception cref="BrokerMissingException">There is no broker to start: xunit takes it as a skip.</exception>
    public static TestBroker Start(TestBrokerOptions? options = null)
    {
        Broker.Require();
        options ??= new TestBrokerOptions();
        for (var attempt = 1; ; attempt++)
        {
            var broker = new TestBroker(Directory.CreateTempSubdirectory("tppo-kafka-").FullName, FreePorts((2 * options.Nodes) + 2));
            try
            {
                broker.Launch(options);
                return broker;
            }
            catch (ToolFailedException e) when (attempt < AttemptsMax && e.Message.Contains("taken", StringComparison.Ordinal))
            {
                // Another process took the port between the look and the start.
                broker.Dispose();
            }
            catch
            {
                broker.Dispose();
                throw;
            }
        }
    }

    /// <summary>SIGKILL to one node (from 1), or to all; returns when they are gone.</summary>
    public void Kill(int? node = null) => Run("kill", [data, .. Node(node)]);

    /// <summary>The first node's process: for who cannot wait for a script to kill it.</summary>
    public Process Node()
    {
        var words = Run("status", [data]).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Process.GetProcessById(int.Parse(words[Array.IndexOf(words, "pid") + 1], CultureInfo.InvariantCulture));
    }

    /// <summary>SIGTERM to one node, or to all; returns when they are gone.</summary>
    public void Stop(int? node = null) => Run("stop", [data, .. Node(node)]);

    /// <summary>Starts again what does not run, on the same port and data; returns when it answers.</summary>
    public void Restart(int? node = null) => Run("restart", [data, .. Node(node)]);

    /// <summary>Runs a class of Kafka's own tools, such as <c>org.apache.kafka.tools.TopicCommand</c>; gives what it printed.</summary>
    /// <exception cref="ToolFailedException">It ended with another exit code than 0; the message holds what it said.</exception>
    public static string Tool(string @class, params string[] arguments) => Run("tool", [@class, .. arguments]);

    /// <summary>Likewise, with lines on its standard input.</summary>
    public static string ToolWithInput(string @class, string input, params string[] arguments) => Run("tool", [@class, .. arguments], input);

    /// <summary>Makes a topic by Kafka's own tool; settings as <c>key=value</c>.</summary>
    public void CreateTopic(string name, int partitions, params string[] settings) => Tool(
        "org.apache.kafka.tools.TopicCommand",
        [
            "--bootstrap-server", BootstrapServers, "--create", "--topic", name, "--partitions", partitions.ToString(CultureInfo.InvariantCulture),
            .. settings.SelectMany(s => new[] { "--config", s }),
        ]);

    /// <summary>Kills it and removes its folder.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (Directory.Exists(data)) Run("kill", [data]);
        Directory.Delete(Folder, recursive: true);
    }

    private void OnExit(object? sender, EventArgs e) => Dispose();

    private void Launch(TestBrokerOptions options)
    {
        options.Prepare?.Invoke(Folder);
        Watch();
        var settings = Defaults.Concat(options.Settings).Select(s => s
            .Replace("{port}", Text(Port), StringComparison.Ordinal)
            .Replace("{controller}", Text(Port + 1), StringComparison.Ordinal)
            .Replace("{second}", Text(Port + (2 * options.Nodes)), StringComparison.Ordinal)
            .Replace("{third}", Text(Port + (2 * options.Nodes) + 1), StringComparison.Ordinal)
            .Replace("{folder}", Folder, StringComparison.Ordinal));
        var printed = Run(
            "start",
            [
                data, "--port", Text(Port), "--nodes", Text(options.Nodes), "--heap", Text(options.HeapMegabytes),
                .. settings.SelectMany(s => new[] { "--set", s }),
            ]);
        BootstrapServers = printed.Trim().Split('\n')[^1];
    }

    private void Watch()
    {
        const string Script = "exec </dev/null >/dev/null 2>&1; while kill -0 \"$1\" && [ -d \"$2\" ]; do sleep 1; done; "
            + "[ -d \"$2/nodes\" ] && \"$3\" kill \"$2/nodes\"; rm -rf \"$2\"";
        using var watchdog = Process.Start(
            new ProcessStartInfo("setsid", ["bash", "-c", Script, "watchdog", Text(Environment.ProcessId), Folder, Broker.Script]));
    }

    private static string Run(string verb, string[] arguments, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(Broker.Script, [verb, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new ToolFailedException($"broker {verb} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result}{output.Result}");
    }

    private static int FreePorts(int count)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var first = Random.Shared.Next(PortsFrom, PortsTo);
            if (Enumerable.Range(first, count).All(IsFree)) return first;
        }

        throw new InvalidOperationException($"no {count} free ports in a row from {PortsFrom} to {PortsTo}");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string[] Node(int? node) => node is { } n ? [Text(n)] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
