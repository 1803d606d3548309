using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prometheus;
using Tppo.Core;
using Tppo.Facts.Cuts;
using Tppo.Hosting.Health;
using Tppo.Hosting.Instruments;

namespace Tppo.Hosting;

/// <summary>
/// <c>/metrics</c> for Prometheus, <c>/healthz</c> (no worker has failed) and <c>/readyz</c> (see <see cref="Readiness"/>; what is
/// wrong stands in the answer, a line each) of one process.
/// </summary>
public sealed class MetricsServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private MetricsServer(WebApplication application) => this.application = application;

    /// <summary>Starts listening on a port of this machine's loopback, or of all its addresses.</summary>
    /// <param name="readiness">Whether the process can work.</param>
    /// <param name="address">Address to listen on.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <param name="otherwiseFree">Whether to take a free one where the port is taken.</param>
    /// <exception cref="UserException">The port is taken.</exception>
    public static async Task<MetricsServer> StartAsync(Readiness readiness, string address, int port, bool otherwiseFree = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.Contains(':', StringComparison.Ordinal) ? $"http://[{address}]:{port}" : $"http://{address}:{port}");
        var application = builder.Build();
        ProcessInstruments.BuildInfo.WithLabels(CutBuilder.CodeVersion, "").Set(1);
        application.MapMetrics();
        application.MapGet("/healthz", () => Answer(readiness.IsHealthy ? [] : ["a worker has failed"]));
        application.MapGet("/readyz", () => Answer(readiness.Faults()));
        try
        {
            await application.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            if (otherwiseFree && port > 0) return await StartAsync(readiness, address, 0);
            throw new UserException($"--metrics-port {port}: expected a free port on {address}, found: {e.Message}", e);
        }

        return new MetricsServer(application);
    }

    /// <summary>Where it listens.</summary>
    public string Url => application.Urls.First();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private static IResult Answer(IReadOnlyList<string> faults) => faults.Count == 0
        ? Results.Text("ok\n")
        : Results.Text($"not ok\n{string.Join('\n', faults)}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
