namespace Tppo.Core.Models;

/// <summary>A cut by what it held.</summary>
public sealed record LineageCut(string Model, int Ordinal, string RecordsSha256);
