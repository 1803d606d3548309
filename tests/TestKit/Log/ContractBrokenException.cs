namespace Tppo.TestKit;

/// <summary>A backend does not keep what <see cref="Streaming.Log.IEventLog"/> promises.</summary>
public sealed class ContractBrokenException(string message) : Exception(message);
