using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Settings;
using Tppo.Hosting.Judges.Gguf;

namespace Tppo.Hosting.Judges;

/// <summary>The judges of a run: who labels, and whose word is the truth in evaluations. The same question goes to the same judge object.</summary>
/// <param name="settings">The run's settings.</param>
/// <param name="access">Where a language model is reached.</param>
/// <param name="clock">By which calls wait.</param>
/// <param name="warn">Told of what people should know.</param>
public sealed class RunJudges(RunSettings settings, JudgeAccess access, TimeProvider clock, Action<string> warn) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<TemplateName, OpenAiJudge> models = [];
    private JudgeChild? child;

    /// <summary>Whether a language model labels.</summary>
    public bool IsModel => settings.Judge.Kind.IsModel();

    /// <summary>Whether labels come from elsewhere.</summary>
    public bool IsElsewhere => settings.Judge.Kind == JudgeKind.None;

    /// <summary>How it is reached.</summary>
    public JudgeAccess Access => access;

    /// <summary>Who labels.</summary>
    /// <param name="embedded">The judge in this process, where it is to be that one.</param>
    public IJudge ForLabels(Func<IJudge> embedded) => IsModel ? Model(settings.Judge.Template) : embedded();

    /// <summary>Whose word is the truth.</summary>
    /// <param name="embedded">The judge in this process, where it is to be that one.</param>
    public IJudge ForTruth(Func<IJudge> embedded) => IsModel && settings.Judge.Evaluates ? Model(settings.Judge.Template) : embedded();

    /// <summary>The language model, asked by a template.</summary>
    public OpenAiJudge Model(TemplateName template)
    {
        lock (gate)
        {
            if (models.TryGetValue(template, out var known)) return known;
            if (settings.Judge.Kind == JudgeKind.Gguf) child ??= JudgeChild.Start(access, warn);
            return models[template] = new OpenAiJudge(settings.Judge, template, child?.Access ?? access, clock, warn);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in models.Values) model.Dispose();
        child?.Dispose();
    }
}
