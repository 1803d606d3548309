using MassTransit;

namespace Tppo.Hosting.Control;

/// <summary>
/// Commands from people to services. The main job needs none: where the bus cannot be reached services go on, and listen when it is
/// back. Every process has a queue of its own that goes with it, so that a command reaches all of them. For many threads.
/// </summary>
public sealed class ControlBus : IAsyncDisposable
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(2), StartsSoon = TimeSpan.FromSeconds(10);
    private readonly IBusControl bus;
    private readonly CancellationTokenSource giveUp = new();
    private readonly Task starting;

    private ControlBus(IBusControl bus)
    {
        this.bus = bus;
        starting = Task.Run(() => bus.StartAsync(giveUp.Token));
    }

    /// <summary>Listens for commands to a Labeler.</summary>
    /// <param name="address">Where.</param>
    /// <param name="service">Who listens: service, member and machine.</param>
    /// <param name="labels">What is switched.</param>
    /// <param name="warn">Told of each command.</param>
    public static ControlBus Listen(BusAddress address, string service, LabelSwitch labels, Action<string> warn)
    {
        var bus = new ControlBus(Create(address, endpoint => Take(endpoint, service, labels, warn)));
        _ = bus.WarnWhereAwayAsync(address, warn);
        return bus;
    }

    /// <summary>Only sends.</summary>
    /// <param name="address">Where.</param>
    public static ControlBus Sender(BusAddress address) => new(Create(address, listen: null));

    /// <summary>Sends a command to all who listen, and gives what they answer within a while.</summary>
    /// <param name="command">The command.</param>
    /// <param name="wait">How long answers are waited for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<LabellingState>> SendAsync<T>(T command, TimeSpan wait, CancellationToken cancellation)
        where T : class
    {
        await starting.WaitAsync(cancellation);
        var heard = new List<LabellingState>();
        using var handle = bus.ConnectHandler<LabellingState>(answer =>
        {
            lock (heard) heard.Add(answer.Message);
            return Task.CompletedTask;
        });
        await bus.Publish(command, context => context.ResponseAddress = bus.Address, cancellation);
        await Task.Delay(wait, cancellation);
        lock (heard) return [.. heard];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await giveUp.CancelAsync();
        try
        {
            await starting;
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException)
        {
            // It never got there.
        }

        using var soon = new CancellationTokenSource(StopMax);
        await bus.StopAsync(soon.Token);
        giveUp.Dispose();
    }

    private static void Take(IReceiveEndpointConfigurator endpoint, string service, LabelSwitch labels, Action<string> warn)
    {
        endpoint.Handler<PauseLabelling>(command =>
        {
            labels.Pause(command.Message.Reason);
            warn($"labelling: paused: {Core.Text.Printable.Short(command.Message.Reason)}");
            return command.RespondAsync(new LabellingState(service, IsPaused: true));
        });
        endpoint.Handler<ResumeLabelling>(command =>
        {
            labels.Resume();
            warn("labelling: resumed");
            return command.RespondAsync(new LabellingState(service, IsPaused: false));
        });
    }

    // Commands may come later; work goes on.
    private async Task WarnWhereAwayAsync(BusAddress address, Action<string> warn)
    {
        try
        {
            await starting.WaitAsync(StartsSoon, giveUp.Token);
        }
        catch (Exception e) when (!giveUp.IsCancellationRequested)
        {
            var why = Core.Text.Printable.Short(e.Message);
            warn($"--bus: expected RabbitMQ at {address}, found nobody yet ({why}): no command can come, and nothing waits for one");
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private static IBusControl Create(BusAddress address, Action<IReceiveEndpointConfigurator>? listen) => address.Url is { } url
        ? Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            bus.Host(url, host =>
            {
                host.Username(address.User);
                host.Password(address.Password);
            });
            Listen(bus, listen);
        })
        : Bus.Factory.CreateUsingInMemory(bus => Listen(bus, listen));

    private static void Listen(IBusFactoryConfigurator bus, Action<IReceiveEndpointConfigurator>? listen)
    {
        if (listen is not null) bus.ReceiveEndpoint(new TemporaryEndpointDefinition("tppo-labeler"), listen);
    }
}
