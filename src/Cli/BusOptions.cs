using System.CommandLine;
using Tppo.Core;
using Tppo.Hosting.Control;

namespace Tppo.Cli;

/// <summary>The options that say where commands travel.</summary>
internal sealed class BusOptions
{
    private readonly Option<string?> url = new("--bus")
    {
        Description = "RabbitMQ, over which commands come: tppo label pause and resume.",
        HelpName = "amqp://HOST[:PORT][/VHOST]",
    };
    private readonly Option<string?> login = new("--bus-login-file") { Description = "A file with USER:PASSWORD for it.", HelpName = "FILE" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(url);
        command.Options.Add(login);
    }

    /// <summary>Where commands travel; null: no commands come.</summary>
    /// <exception cref="UserException">It cannot be.</exception>
    public BusAddress? Read(ParseResult parsed)
    {
        if (parsed.GetValue(url) is { } address) return BusAddress.RabbitMq(address, parsed.GetValue(login));
        return parsed.GetValue(login) is null ? null : throw new UserException("--bus-login-file: expected --bus with it, found none");
    }
}
