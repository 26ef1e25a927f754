//! The methods: a file each, and a line of the table.

mod ablation_cam;
mod attention_rollout;
mod cam;
mod eigen_cam;
mod eigengrad_cam;
mod grad_cam;
mod grad_cam_elementwise;
mod grad_cam_plus_plus;
mod grad_cam_plus_plus_normalised;
mod grad_cam_plus_plus_softmax;
mod guided_backpropagation;
mod guided_grad_cam;
mod guided_grad_cam_plus_plus;
mod hires_cam;
mod input_gradients;
mod integrated_gradients;
mod layer_cam;
mod legrad;
mod occlusion;
mod rise;
mod score_cam;
mod smooth_grad;
mod smooth_grad_cam_plus_plus;
mod xgrad_cam;

use super::recipe::Recipe::{Activation, Attention, Channels, Classes, Copies, Gradient, Guided, Masks};
use super::table::{Family, Needs, table};

table! {
    // what programs call it           its name                    paper                          family             needs            recipe
    Cam                       = "cam",                    "Zhou et al. 2016",            Family::Gradient,   Needs::Head,     Gradient(cam::map);
    GradCam                   = "grad-cam",               "Selvaraju et al. 2017",       Family::Gradient,   Needs::Layer,    Gradient(grad_cam::map);
    GradCamPlusPlus           = "grad-cam++",             "Chattopadhay et al. 2018",    Family::Gradient,   Needs::Positive, Gradient(grad_cam_plus_plus::map);
    GradCamPlusPlusNormalised = "grad-cam++-normalised",  "its authors' code",           Family::Gradient,   Needs::Positive, Gradient(grad_cam_plus_plus_normalised::map);
    GradCamPlusPlusSoftmax    = "grad-cam++-softmax",     "Chattopadhay et al. 2018",    Family::Gradient,   Needs::Positive, Classes(grad_cam_plus_plus_softmax::map);
    SmoothGradCamPlusPlus     = "smooth-grad-cam++",      "Omeiza et al. 2019",          Family::Gradient,   Needs::Positive, Copies(smooth_grad_cam_plus_plus::COPIES);
    HiResCam                  = "hires-cam",              "Draelos and Carin 2020",      Family::Gradient,   Needs::Layer,    Gradient(hires_cam::map);
    GradCamElementwise        = "grad-cam-elementwise",   "pytorch-grad-cam",            Family::Gradient,   Needs::Positive, Gradient(grad_cam_elementwise::map);
    LayerCam                  = "layer-cam",              "Jiang et al. 2021",           Family::Gradient,   Needs::Positive, Gradient(layer_cam::map);
    XGradCam                  = "xgrad-cam",              "Fu et al. 2020",              Family::Gradient,   Needs::Layer,    Gradient(xgrad_cam::map);
    EigenGradCam              = "eigengrad-cam",          "pytorch-grad-cam",            Family::Gradient,   Needs::Layer,    Gradient(eigengrad_cam::map);
    EigenCam                  = "eigen-cam",              "Muhammad and Yeasin 2020",    Family::Activation, Needs::Layer,    Activation(eigen_cam::map);
    AttentionRollout          = "attention-rollout",      "Abnar and Zuidema 2020",      Family::Attention,  Needs::Blocks,   Attention(attention_rollout::ATTENTION);
    LeGrad                    = "legrad",                 "Bousselham et al. 2024",      Family::Attention,  Needs::Blocks,   Attention(legrad::ATTENTION);
    AblationCam               = "ablation-cam",           "Desai and Ramaswamy 2020",    Family::Score,      Needs::Layer,    Channels(ablation_cam::map);
    ScoreCam                  = "score-cam",              "Wang et al. 2020",            Family::Score,      Needs::Layer,    Masks(score_cam::MASKS);
    Occlusion                 = "occlusion",              "Zeiler and Fergus 2014",      Family::Score,      Needs::Picture,  Masks(occlusion::MASKS);
    Rise                      = "rise",                   "Petsiuk et al. 2018",         Family::Score,      Needs::Picture,  Masks(rise::MASKS);
    InputGradients            = "input-gradients",        "Simonyan et al. 2013",        Family::Pixel,      Needs::Picture,  Gradient(input_gradients::map);
    GuidedBackpropagation     = "guided-backpropagation", "Springenberg et al. 2014",    Family::Pixel,      Needs::Picture,  Guided(guided_backpropagation::GUIDED);
    GuidedGradCam             = "guided-grad-cam",        "Selvaraju et al. 2017",       Family::Pixel,      Needs::Layer,    Guided(guided_grad_cam::GUIDED);
    GuidedGradCamPlusPlus     = "guided-grad-cam++",      "Chattopadhay et al. 2018",    Family::Pixel,      Needs::Positive, Guided(guided_grad_cam_plus_plus::GUIDED);
    SmoothGrad                = "smooth-grad",            "Smilkov et al. 2017",         Family::Pixel,      Needs::Picture,  Copies(smooth_grad::COPIES);
    IntegratedGradients       = "integrated-gradients",   "Sundararajan et al. 2017",    Family::Pixel,      Needs::Picture,  Copies(integrated_gradients::COPIES);
}
