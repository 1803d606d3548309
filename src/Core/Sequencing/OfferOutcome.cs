namespace Tppo.Core.Sequencing;

/// <summary>What became of an event that was offered.</summary>
public enum OfferOutcome
{
    /// <summary>Held until the watermark has passed it.</summary>
    Held,

    /// <summary>Behind what was already released.</summary>
    Late,

    /// <summary>Known by (source, id) within its topic.</summary>
    Duplicate,

    /// <summary>Read again after a restart: its effects stand already.</summary>
    AlreadyDone,
}
