namespace Tppo.Core.Statistics;

/// <summary>A paired comparison of means.</summary>
/// <param name="Mean">Mean of second − first.</param>
/// <param name="T">Student's t.</param>
/// <param name="P">Two-sided p.</param>
/// <param name="Low">Lower end of the 95 % interval of the mean.</param>
/// <param name="High">Upper end.</param>
public readonly record struct PairedDifference(double Mean, double T, double P, double Low, double High);
