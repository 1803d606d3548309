namespace Tppo.Core.Judging.Reading;

/// <summary>A value of JSON as a language model writes it. Keys stand in order, and as often as they were written.</summary>
internal abstract record LooseValue
{
    internal sealed record Map(IReadOnlyList<(string Key, LooseValue Value)> Entries) : LooseValue;

    internal sealed record Sequence(IReadOnlyList<LooseValue> Items) : LooseValue;

    internal sealed record Text(string Value) : LooseValue;

    internal sealed record Number(double Value) : LooseValue;

    internal sealed record Truth(bool Value) : LooseValue;

    internal sealed record Nothing : LooseValue;
}
