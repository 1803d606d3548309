using System.CommandLine;
using Tppo.Core;
using Tppo.Core.Text;
using Tppo.Hosting.Control;

namespace Tppo.Cli.Label;

/// <summary><c>tppo label pause</c> and <c>resume</c>: commands to every Labeler on a bus.</summary>
internal static class SwitchCommand
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(15), AnswersMax = TimeSpan.FromSeconds(2);

    public static Command Pause()
    {
        var reason = new Option<string>("--reason") { Description = "Why, for people.", DefaultValueFactory = _ => "by command" };
        return Create(
            "pause", "Has every Labeler on the bus ask nothing new; what is in flight is kept, and nothing is lost.", reason, new BusOptions(),
            parsed => new PauseLabelling(parsed.GetValue(reason)!));
    }

    public static Command Resume() =>
        Create("resume", "Has every Labeler on the bus ask again.", null, new BusOptions(), _ => new ResumeLabelling());

    private static Command Create<T>(string name, string description, Option? own, BusOptions bus, Func<ParseResult, T> message)
        where T : class
    {
        var command = new Command(name, description);
        if (own is not null) command.Options.Add(own);
        bus.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (bus.Read(parsed) is not { Url: not null } address) throw new UserException("--bus: expected amqp://HOST[:PORT][/VHOST], found none");
            return await SendAsync(address, message(parsed), cancellation);
        });
        return command;
    }

    private static async Task<int> SendAsync<T>(BusAddress address, T message, CancellationToken cancellation)
        where T : class
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        soon.CancelAfter(ConnectMax + AnswersMax);
        await using var bus = ControlBus.Sender(address);
        IReadOnlyList<LabellingState> states;
        try
        {
            states = await bus.SendAsync(message, AnswersMax, soon.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UserException($"--bus: expected RabbitMQ at {address}, found nobody within {ConnectMax.TotalSeconds:F0} s");
        }

        foreach (var state in states) Console.WriteLine($"{Printable.Short(state.Service)}: {(state.IsPaused ? "paused" : "asks")}");
        return states.Count > 0 ? Exit.Done : throw new UserException($"--bus: expected a Labeler that listens at {address}, found none");
    }
}
