using Tppo.Core.Numerics;
using Tppo.Learning.Models;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Models;

public class ProductTests
{
    [Theory]
    [InlineData(128, 128, 700)]
    [InlineData(384, 128, 333)]
    [InlineData(128, 1817, 65)]
    [InlineData(32, 32, 1501)]
    [InlineData(64, 32, 8)]
    public void Product_and_both_gradients_equal_libtorchs_own(int inputs, int outputs, int rows)
    {
        using var scope = NewDisposeScope();
        var random = SeededRandom.For("product", 1, $"{inputs}/{outputs}/{rows}");
        Tensor Draw(params long[] shape) =>
            tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)random.NextGaussian()).ToArray(), shape, float32);
        var (x, w, g) = (Draw(rows, inputs).requires_grad_(), Draw(outputs, inputs).requires_grad_(), Draw(rows, outputs));
        (Product.Of(x, w) * g).sum().backward();
        var (byX, byW) = (x.grad!.clone(), w.grad!.clone());
        x.grad = null;
        w.grad = null;
        var expected = nn.functional.linear(x, w);
        (expected * g).sum().backward();
        Assert.True(allclose(expected, Product.Of(x, w), 1e-4, 1e-3));
        Assert.True(allclose(x.grad!, byX, 1e-4, 1e-2));
        Assert.True(allclose(w.grad!, byW, 1e-4, 1e-2));
    }
}
