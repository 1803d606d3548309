using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary><see cref="Product"/> with weights that are not trained: their gradient, half of the work, is not computed.</summary>
internal sealed class FrozenProduct : autograd.SingleTensorFunction<FrozenProduct>
{
    public override string Name => nameof(FrozenProduct);

    internal static Tensor Of(Tensor x, Tensor weight_OI) => apply(x, weight_OI);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight_OI) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([weight_OI]);
        return Product.Unit.Value.invoke<Tensor>("forward", x, weight_OI);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        [Product.Unit.Value.invoke<Tensor>("by_input", grad_output, ctx.get_saved_variables()[0]), null!];
}
