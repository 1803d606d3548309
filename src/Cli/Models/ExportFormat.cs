namespace Tppo.Cli.Models;

/// <summary>For whom a model is written.</summary>
internal enum ExportFormat
{
    /// <summary>The transformers library, vLLM: whole weights.</summary>
    Hf,

    /// <summary>The PEFT library: adapters.</summary>
    Peft,
}
