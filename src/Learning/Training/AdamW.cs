using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>
/// AdamW over a decoder's parameters, after their gradients are clipped to a joint norm. Its state is plain tensors, so that
/// saving and loading it gives the same bits again.
/// </summary>
/// <remarks>
/// m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − η (m̂ / (√v̂ + ε) + weight decay · θ). Loshchilov and Hutter,
/// "Decoupled weight decay regularization" (2019), Algorithm 2. Decay falls on every parameter, norms and embedding too.
/// A parameter without a gradient in a step is left alone and its state with it.
/// </remarks>
public sealed class AdamW : IDisposable
{
    private const string FirstMoment = ".exp_avg";
    private const string SecondMoment = ".exp_avg_sq";
    private const string StepCount = "step";

    private readonly Device device;
    private readonly (string Name, Tensor Weight)[] parameters;
    private readonly Tensor[] first;
    private readonly Tensor[] second;
    private readonly double beta1;
    private readonly double beta2;
    private readonly double weightDecay;
    private readonly double epsilon;

    /// <summary>An optimiser with empty state.</summary>
    /// <param name="model">Whose parameters it moves; not owned.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    public AdamW(Decoder model, double beta1 = 0.9, double beta2 = 0.999, double weightDecay = 0, double epsilon = 1e-8)
    {
        (this.beta1, this.beta2, this.weightDecay, this.epsilon) = (beta1, beta2, weightDecay, epsilon);
        device = model.Device;
        parameters = [.. model.Named().Select(named => (named.Name, (Tensor)named.Parameter))];
        using var scope = NewDisposeScope();
        first = [.. parameters.Select(named => zeros_like(named.Weight).detach().DetachFromDisposeScope())];
        second = [.. parameters.Select(named => zeros_like(named.Weight).detach().DetachFromDisposeScope())];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Forgets the gradients of the last step.</summary>
    public void ZeroGradients()
    {
        foreach (var (_, weight) in parameters) weight.grad = null;
    }

    /// <summary>Clips the gradients and moves the parameters once.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="gradientNormMax">Largest joint norm of the gradients.</param>
    /// <returns>The joint norm before the clip.</returns>
    public double Step(double learningRate, double gradientNormMax)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Steps++;
        var gradients = parameters.Select(named => named.Weight.grad).ToArray();
        var used = Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null).ToArray();
        Tensor[] Pick(Func<int, Tensor> of) => [.. used.Select(of)];
        var norm = TorchOperators.ClipByGlobalNorm(Pick(i => gradients[i]!), gradientNormMax);
        var step = device.Float32(Steps);
        TorchOperators.AdamW(
            Pick(i => parameters[i].Weight), Pick(i => gradients[i]!), Pick(i => first[i]), Pick(i => second[i]), Pick(_ => step),
            learningRate, beta1, beta2, weightDecay, epsilon);
        return norm;
    }

    /// <summary>The state by name: step count, and two moments a parameter. Valid as long as the optimiser; copy to keep.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor> { [StepCount] = device.Int64(Steps) };
        for (var i = 0; i < parameters.Length; i++)
        {
            state[parameters[i].Name + FirstMoment] = first[i];
            state[parameters[i].Name + SecondMoment] = second[i];
        }

        return state;
    }

    /// <summary>Copies a state in that <see cref="State"/> gave for a decoder of the same shape.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or of another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGradients = no_grad();
        Steps = (long)Find(state, StepCount).Number();
        for (var i = 0; i < parameters.Length; i++)
        {
            Copy(state, parameters[i].Name + FirstMoment, first[i]);
            Copy(state, parameters[i].Name + SecondMoment, second[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (IEnumerable<Tensor>)[.. first, .. second]) tensor.Dispose();
    }

    private static void Copy(IReadOnlyDictionary<string, Tensor> state, string name, Tensor target)
    {
        var source = Find(state, name);
        if (!source.shape.SequenceEqual(target.shape))
        {
            throw new InvalidDataException(
                $"optimiser state {name} has shape [{string.Join(", ", source.shape)}], expected [{string.Join(", ", target.shape)}]");
        }

        target.copy_(source);
    }

    private static Tensor Find(IReadOnlyDictionary<string, Tensor> state, string name) =>
        state.TryGetValue(name, out var found) ? found : throw new InvalidDataException($"the optimiser state lacks {name}");
}
