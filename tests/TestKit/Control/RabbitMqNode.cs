using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tppo.TestKit.Control;

/// <summary>A RabbitMQ node of its own, of the system's <c>rabbitmq-server</c>, in a folder of its own; gone with its object.</summary>
public sealed class RabbitMqNode : IDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-rabbit-").FullName;
    private readonly Process process;
    private readonly int mapper;

    private RabbitMqNode()
    {
        var (port, distribution) = (FreePort(), FreePort());
        mapper = FreePort();
        Url = $"amqp://127.0.0.1:{port}";
        var start = new ProcessStartInfo(Server) { RedirectStandardOutput = true, RedirectStandardError = true };
        File.WriteAllText(Path.Combine(folder, "plugins"), "[].");
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["RABBITMQ_NODENAME"] = $"tppo{port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = distribution.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_PORT"] = mapper.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq"),
        }) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        WaitFor(port);
    }

    /// <summary>Whether there is one to be had.</summary>
    public static bool IsThere => File.Exists(Server);

    /// <summary>What a test says that is skipped without it.</summary>
    public static string HowTo => "needs RabbitMQ: apt-get install rabbitmq-server";

    /// <summary>Where it listens, for who comes from this machine.</summary>
    public string Url { get; }

    /// <summary>Starts one, and waits until it listens.</summary>
    public static RabbitMqNode Start() => new();

    /// <inheritdoc/>
    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        // Erlang's port mapper is nobody's child.
        using var end = Process.Start("epmd", ["-port", mapper.ToString(CultureInfo.InvariantCulture), "-kill"]);
        end.WaitForExit();
        Directory.Delete(folder, recursive: true);
    }

    private void WaitFor(int port)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < StartMax && !process.HasExited; Thread.Sleep(200))
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException($"rabbitmq-server does not listen; its log lies in {folder}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
