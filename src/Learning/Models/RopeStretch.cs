namespace Tppo.Learning.Models;

/// <summary>
/// Llama 3's stretch of rotary positions: frequencies of long waves are divided by a factor, those of short waves stay, and between the
/// two they pass over smoothly.
/// </summary>
/// <param name="Factor">By what the lowest frequencies are divided.</param>
/// <param name="Low">Waves longer than <paramref name="Positions"/> / this are divided.</param>
/// <param name="High">Waves shorter than <paramref name="Positions"/> / this stay.</param>
/// <param name="Positions">How many positions the model was trained on at first.</param>
internal sealed record RopeStretch(double Factor, double Low, double High, int Positions)
{
    /// <summary>A stretched angular frequency, in radians a position.</summary>
    internal double Of(double frequency)
    {
        var wave = 2 * Math.PI / frequency;
        if (wave > Positions / Low) return frequency / Factor;
        if (wave < Positions / High) return frequency;
        var smooth = ((Positions / wave) - Low) / (High - Low);
        return ((1 - smooth) * frequency / Factor) + (smooth * frequency);
    }
}
