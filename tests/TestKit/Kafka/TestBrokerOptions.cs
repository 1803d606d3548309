namespace Tppo.TestKit;

/// <summary>How a broker of its own is started, beside the shared one.</summary>
public sealed record TestBrokerOptions
{
    /// <summary>Nodes of the cluster. Default 1.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Java heap of a node in MB. Default 512.</summary>
    public int HeapMegabytes { get; init; } = 512;

    /// <summary>
    /// Lines for <c>server.properties</c>, <c>key=value</c>, after the kit's own, so that they win. In them <c>{port}</c> stands
    /// for the clients' port, <c>{controller}</c> for the controller's, <c>{second}</c> and <c>{third}</c> for
    /// ports of more listeners, and <c>{folder}</c> for the broker's folder.
    /// </summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Called with the broker's folder before its first start: the place to put certificates and the like.</summary>
    public Action<string>? Prepare { get; init; }
}
