using System.Runtime.CompilerServices;

namespace Tppo.TestKit;

/// <summary>One promise of the log and how to see whether it is kept.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Needs">What the factory must be able to arrange.</param>
/// <param name="Run">Throws where the promise is broken.</param>
public sealed record ContractCase(string Name, LogFeatures Needs, Action<ILogFactory> Run)
{
    internal static ContractCase Of(Action<ILogFactory> run, LogFeatures needs = LogFeatures.None, [CallerArgumentExpression(nameof(run))] string name = "") =>
        new(name, needs, run);
}
