namespace Tppo.Core.Statistics;

/// <summary>McNemar's test of two paired proportions.</summary>
/// <param name="ExactP">Two-sided exact binomial p.</param>
/// <param name="Chi2">χ² with Edwards' continuity correction.</param>
/// <param name="Chi2P">Its p at one degree of freedom.</param>
public readonly record struct McNemarResult(double ExactP, double Chi2, double Chi2P);
