namespace Tppo.Hosting.Progress;

/// <summary>A stage at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">What <paramref name="Count"/> counts.</param>
/// <param name="Running">Whether it runs.</param>
/// <param name="Elapsed">How long it has run.</param>
/// <param name="Count">What its rate counts.</param>
/// <param name="Done">How far it is.</param>
/// <param name="Total">Of how much; 0 where that is not known.</param>
/// <param name="Text">A few words about it.</param>
public sealed record StageSnapshot(string Name, StageUnit Unit, bool Running, TimeSpan Elapsed, double Count, double Done, double Total, string Text);
