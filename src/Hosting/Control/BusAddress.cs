using Tppo.Core;

namespace Tppo.Hosting.Control;

/// <summary>Where commands travel: RabbitMQ, by URL; or this process alone.</summary>
public sealed record BusAddress
{
    /// <summary>RabbitMQ: <c>amqp://HOST[:PORT][/VHOST]</c>; null: this process alone.</summary>
    public Uri? Url { get; private init; }

    /// <summary>Who one is there. Default guest.</summary>
    public string User { get; private init; } = "guest";

    /// <summary>And how one shows it.</summary>
    internal string Password { get; private init; } = "guest";

    /// <summary>This process alone.</summary>
    public static BusAddress InProcess { get; } = new();

    /// <summary>RabbitMQ.</summary>
    /// <param name="url">Its URL, without a password.</param>
    /// <param name="loginFile">A file with <c>USER:PASSWORD</c>; null: the broker's default, which it takes from its own machine alone.</param>
    /// <exception cref="UserException">One of them cannot be.</exception>
    public static BusAddress RabbitMq(string url, string? loginFile)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("amqp" or "amqps") || address.Host.Length == 0)
        {
            // What might hold a password is not said back.
            var found = url.Contains('@', StringComparison.Ordinal) ? "something else" : $"'{url}'";
            throw new UserException($"--bus: expected amqp://HOST[:PORT][/VHOST], found {found}");
        }

        if (address.UserInfo.Length > 0) throw new UserException("--bus: expected no name and password in it; give them with --bus-login-file");
        if (loginFile is null) return new BusAddress { Url = address };
        if (!File.Exists(loginFile)) throw new UserException($"--bus-login-file: {loginFile}: no such file");
        var login = File.ReadAllText(loginFile).Trim();
        var colon = login.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || login.Contains('\n', StringComparison.Ordinal))
            throw new UserException($"--bus-login-file: {loginFile}: expected one line USER:PASSWORD, found something else");
        return new BusAddress { Url = address, User = login[..colon], Password = login[(colon + 1)..] };
    }

    /// <inheritdoc/>
    public override string ToString() => Url?.ToString() ?? "this process";
}
