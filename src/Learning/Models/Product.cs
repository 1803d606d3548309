using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

// N rows, I inputs, O outputs.

/// <summary>x · Wᵀ by oneDNN, forward and backward.</summary>
/// <remarks>
/// <para>Why oneDNN and not MKL, which libtorch takes by itself: MKL is held to its slowest code on processors of other makers
/// where bits must be reproducible (2 × slower at this model's shapes). oneDNN compiles the same AVX2 code on every x86
/// processor, whoever made it. Copies into its own tensor type and back are in the gain.</para>
/// <para>Why an own backward pass: oneDNN's AVX2 code for the gradient by the weights writes past its buffer on small weights
/// (128 × 128) and ends the process later. Both gradients are products too, so its forward code, which is sound, computes
/// them: ∂x = ∂y · W, ∂W = ∂yᵀ · x.</para>
/// </remarks>
internal sealed class Product : autograd.SingleTensorFunction<Product>
{
    private const string Source = """
        def forward(x, weight):
            return torch.mkldnn_linear(x.to_mkldnn(), weight, None).to_dense()

        def by_input(gradient, weight):
            return torch.mkldnn_linear(gradient.to_mkldnn(), weight.t().contiguous(), None).to_dense()

        def by_weight(gradient, x):
            rows = gradient.reshape(-1, gradient.size(-1)).t().contiguous()
            columns = x.reshape(-1, x.size(-1)).t().contiguous()
            return torch.mkldnn_linear(rows.to_mkldnn(), columns, None).to_dense()

        """;

    internal static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source));

    public override string Name => nameof(Product);

    /// <summary>x · weightᵀ over the last dimension, [..., I] by [O, I] to [..., O]; by oneDNN for float32 on a CPU, else by libtorch.</summary>
    internal static Tensor Of(Tensor x, Tensor weight_OI)
    {
        if (!X86Base.IsSupported || x.dtype != ScalarType.Float32 || x.device_type != TorchSharp.DeviceType.CPU) return nn.functional.linear(x, weight_OI);
        if (!is_grad_enabled() || !(x.requires_grad || weight_OI.requires_grad)) return Unit.Value.invoke<Tensor>("forward", x, weight_OI);
        return weight_OI.requires_grad ? apply(x, weight_OI) : FrozenProduct.Of(x, weight_OI);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight_OI) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([x, weight_OI]);
        return Unit.Value.invoke<Tensor>("forward", x, weight_OI);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return [Unit.Value.invoke<Tensor>("by_input", grad_output, saved[1]), Unit.Value.invoke<Tensor>("by_weight", grad_output, saved[0])];
    }
}
