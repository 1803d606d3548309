namespace Tppo.Streaming.Log;

/// <summary>One header of a record. Both parts are stored as UTF-8; names may repeat.</summary>
/// <param name="Name">The name, such as <c>ce_id</c>.</param>
/// <param name="Value">The value.</param>
public sealed record Header(string Name, string Value);
