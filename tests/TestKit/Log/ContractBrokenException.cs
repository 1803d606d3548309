namespace Tppo.TestKit;

/// <summary>A backend does not keep what <see cref="Streaming.IEventLog"/> promises.</summary>
public sealed class ContractBrokenException(string message) : Exception(message);
