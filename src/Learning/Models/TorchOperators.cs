using TorchSharp;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>
/// Operators that libtorch has and its managed binding lacks, reached through one-line TorchScript functions: the fused
/// AdamW step (a fifth of the time), the gradient clip over a list, and an embedding whose backward pass is dense and fast.
/// </summary>
internal static class TorchOperators
{
    private const string Source = """
        def embedding(weight, ids):
            return torch.embedding(weight, ids)

        def clip(gradients: List[Tensor], largest: float):
            norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2.0)), 2.0)
            torch._foreach_mul_(gradients, torch.clamp(largest / (norm + 1e-6), max=1.0))
            return norm

        def adamw(weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor],
                  rate: float, beta1: float, beta2: float, decay: float, epsilon: float):
            none: List[Tensor] = []
            torch._fused_adamw_(weights, gradients, first, second, none, steps, lr=rate, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
            return weights[0]

        """;

    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source));

    /// <summary>Rows of weight_VD at int64 ids of any shape: [..., D].</summary>
    internal static Tensor Embedding(Tensor weight_VD, Tensor ids) => Unit.Value.invoke<Tensor>("embedding", weight_VD, ids);

    /// <summary>Scales the gradients in place so that their joint norm is at most <paramref name="largest"/>; the norm before.</summary>
    internal static double ClipByGlobalNorm(Tensor[] gradients, double largest)
    {
        using var most = largest.ToScalar();
        using var norm = Unit.Value.invoke<Tensor>("clip", gradients, most);
        return norm.Number();
    }

    /// <summary>One AdamW step in place; <paramref name="steps"/> holds the count of this step, from 1, as float32.</summary>
    internal static void AdamW(
        Tensor[] weights, Tensor[] gradients, Tensor[] first, Tensor[] second, Tensor[] steps,
        double rate, double beta1, double beta2, double decay, double epsilon)
    {
        // The function must return something; what it returns is a second handle of the first weight.
        var numbers = Array.ConvertAll([rate, beta1, beta2, decay, epsilon], number => number.ToScalar());
        using var same = Unit.Value.invoke<Tensor>(
            "adamw", weights, gradients, first, second, steps, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        foreach (var number in numbers) number.Dispose();
    }
}
